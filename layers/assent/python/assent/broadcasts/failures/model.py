"""Failures by code: under which name each code is counted. Pure."""

import re

MOST_CODES = 20
"""How many codes of a broadcast are counted apart; those that come later are `other`."""
OTHER = "other"
NO_CODE = "no_code"
_USUAL = re.compile(r"[A-Za-z0-9_-]{1,40}")


def named(code: str) -> str:
    """Return the name under which a code is counted, before it is known whether there is room."""
    if not code:
        return NO_CODE
    return code if _USUAL.fullmatch(code) else OTHER
