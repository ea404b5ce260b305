"""The pace of a sender, kept over all that is sent from it."""
