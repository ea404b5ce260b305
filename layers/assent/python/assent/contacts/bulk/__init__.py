"""Jobs: one thing done to many contacts, by the server, in the background."""
