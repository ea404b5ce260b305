"""Plans of broadcasts: how far they have come, and their recipients in chunks."""
