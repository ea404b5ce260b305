"""Costs counted and speeds compared, in one run: `python -m bench`."""
