"""From a solution to a format: templates say how it looks, numpy puts the numbers in their places."""
