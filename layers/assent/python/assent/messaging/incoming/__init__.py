"""What senders received, once each, with what follows from it."""
