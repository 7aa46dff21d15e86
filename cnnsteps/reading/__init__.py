"""From a file's bytes to a typed problem, or to every mistake in it with its place."""
