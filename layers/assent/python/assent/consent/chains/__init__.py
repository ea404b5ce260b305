"""Chains of events: the ledger."""
