"""Where a document goes."""
