"""The names of the demo: fixed, so that documents and tests can speak of them."""

from __future__ import annotations

ACCOUNTS = ("Harbor Health", "Northside Gym", "City Library")
PROGRAM = "Harbor Alerts"
SENDER_ADDRESS = "+18885550100"
USER_EMAIL = "demo@assent.example"
USER_NAME = "Demo Operator"
COLLEAGUE_EMAIL = "colleague@assent.example"
COLLEAGUE_NAME = "Demo Colleague"
PHONES = ("Maya", "Jonas", "Priya")
