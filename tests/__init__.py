"""The tests; `tests.running` runs problems, `tests.oracle` says what comes out."""
