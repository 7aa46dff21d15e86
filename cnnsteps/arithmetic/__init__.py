"""How answers are worked out, and where each step finds its numbers: shared by operators."""
