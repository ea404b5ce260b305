"""What happened in a contact's life that nothing else keeps, and what users noted about it."""
