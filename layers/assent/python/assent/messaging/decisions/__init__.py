"""What may be an opt-out and is not sure: held until a person decides."""
