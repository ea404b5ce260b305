"""Failures of a broadcast's copies, counted by the code that says why."""
