"""Broadcasts: one text to many contacts, each at most once, with the reason for every exclusion."""
