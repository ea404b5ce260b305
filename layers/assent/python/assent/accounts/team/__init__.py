"""Who works in an account: its users, their roles, and every change of them."""
