"""Exact numbers and tensors of them."""
