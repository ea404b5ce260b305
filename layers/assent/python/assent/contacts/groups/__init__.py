"""Groups: audiences of an account, and who is in them with which channels."""
