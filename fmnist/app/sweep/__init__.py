"""Sweep: what to search, what it costs, and the trials as they train."""
