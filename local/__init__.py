"""The local stack: the deployed product on one machine, with phones to text it from.

Run as ``python -m local up|down|reset|status``.
"""
