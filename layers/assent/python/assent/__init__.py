"""Assent: consent for text messages and calls, and the proof of it."""
