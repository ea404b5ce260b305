"""Imports: files that come in parts, are checked as a whole and carried out slice by slice."""
