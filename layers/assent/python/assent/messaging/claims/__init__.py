"""Claims: whoever gets a message's row sends it, and nobody else ever does."""
