"""Consent: who agreed to what, who took it back, and the proof of both."""
