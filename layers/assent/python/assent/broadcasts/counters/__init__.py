"""What a report adds up."""
