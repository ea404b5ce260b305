"""The opt-in queue: how a lead enters it, waits in it and leaves it."""
