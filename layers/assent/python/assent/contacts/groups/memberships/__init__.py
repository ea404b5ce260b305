"""Who is in which group, with which channels."""
