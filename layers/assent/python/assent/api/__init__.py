"""The HTTP API that the console and programs use: one module per page, no rules of its own."""
