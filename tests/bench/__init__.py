"""Ratios measured as whole processes, each against a yardstick in the same run."""
