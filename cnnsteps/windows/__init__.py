"""Which windows fit, what they see and what they cost, from plain numbers."""
