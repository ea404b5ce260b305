"""Exports: what a view of the contacts, or the opt-out list, holds, as a file."""
