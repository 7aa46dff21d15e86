"""From a file or a mapping to a typed problem."""
