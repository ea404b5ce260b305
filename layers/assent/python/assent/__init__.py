"""Assent: consent for text messages and calls, and the proof of it."""

import gc

# A start makes some hundred thousand objects that all stay; by default Python looks through them
# for garbage after every 700, which takes a seventh of the start. See docs/adr/0030.
gc.set_threshold(50_000, 20, 20)
