"""ONNX models as tables of layers."""
