"""What receipts and opt-outs say of recipients."""
