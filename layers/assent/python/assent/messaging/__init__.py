"""Messages both ways: sending through providers, receipts, and what people text back."""
