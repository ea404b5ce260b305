"""How many members a group has: counted at once when it is small, else kept and counted anew."""
