"""Gradients, each cell a sum that can be shown."""
