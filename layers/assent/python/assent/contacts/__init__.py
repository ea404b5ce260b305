"""Contacts, the groups they belong to, and the opt-in queue where leads wait for review."""
