"""Who was left out, and why."""
