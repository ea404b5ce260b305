"""Contacts as those see them who send to thousands."""
