"""Which accounts know a phone, and what an account lists."""
