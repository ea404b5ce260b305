"""Accounts, the people who work in them, and the senders they text from."""
