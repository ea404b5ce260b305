"""Every chain there is, for the operator's check alone: it reads whole tables, page by page.

No request ever does that; a test holds that nothing but the command line imports this.
"""

from collections.abc import Iterator

from assent.platform.settings import Settings
from assent.platform.tables import client

_HEADS = {"consent", "optout"}


def chains(names: Settings) -> Iterator[tuple[str, str]]:
    """Name every chain as (owner, phone's pseudonym): those with a head, then those without."""
    seen: set[str] = set()
    for key, kind in _keys(names.consent_table):
        if kind in _HEADS and key not in seen:
            seen.add(key)
            yield _split(key)
    for key, _ in _keys(names.ledger_table):
        if key not in seen:
            seen.add(key)
            yield _split(key)


def _split(key: str) -> tuple[str, str]:
    owner, _, subject = key.partition("#")
    return owner, subject


def _keys(table: str) -> Iterator[tuple[str, str]]:
    pages = (
        client()
        .get_paginator("scan")
        .paginate(TableName=table, ProjectionExpression="pk, sk", ConsistentRead=True)
    )
    for page in pages:
        for item in page["Items"]:
            yield item["pk"]["S"], item["sk"]["S"]
