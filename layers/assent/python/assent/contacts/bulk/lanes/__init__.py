"""How far the lanes of a job have come, and what came of each of their steps."""
