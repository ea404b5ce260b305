"""What contacts need of the copies of broadcasts that are on their way to them.

Broadcasts stand above this slice, and workers read contacts some moments before they send.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from assent.contacts.model import Contact
from assent.platform.tables import Transaction


class UnderWay(Protocol):
    """Copies that nobody has claimed yet, of contacts that are not to get them any more."""

    def number(self, account_id: str) -> int:
        """Say how many of an account's broadcasts are on their way."""
        ...

    def withdraw(self, contacts: Iterable[Contact], at: datetime) -> None:
        """See that contacts of one account get none of them; doing it again changes nothing."""
        ...

    def add_withdrawn(self, transaction: Transaction, contact: Contact, at: datetime) -> None:
        """See within a transaction that a contact gets none of them."""
        ...
