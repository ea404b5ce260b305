"""What is to go off, and when, beside the scheduler that is to see to it."""
