"""Why somebody was, or was not, sent a broadcast, from what was kept when it was decided."""
