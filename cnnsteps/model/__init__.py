"""What stands between reading, solving and rendering: plain data."""
