"""What became of each recipient, and the counters that the report adds up."""
