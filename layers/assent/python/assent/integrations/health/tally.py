"""Leads counted in memory and noted now and then, so that no item grows hot and none costs more."""

from datetime import datetime, timedelta

from assent.integrations.health import store
from assent.integrations.model import Integration

_NOTE_EVERY = timedelta(seconds=60)
_MOST_AT_ONCE = 10


class Tally:
    """What one process has seen of integrations since it last wrote it down.

    A process that ends takes what it has not noted with it: at most nine leads of a minute.
    """

    def __init__(self) -> None:
        self._noted: dict[str, datetime] = {}
        self._since: dict[str, int] = {}

    def came(self, integration: Integration, at: datetime) -> None:
        """Count a lead that said something new."""
        waiting = self._since.get(integration.id, 0) + 1
        if waiting < _MOST_AT_ONCE and not self._is_due(integration.id, at):
            self._since[integration.id] = waiting
            return
        store.note_leads(integration.account_id, integration.id, waiting, at)
        self._since[integration.id] = 0

    def used(self, integration: Integration, at: datetime) -> None:
        """Remember that the API key was used."""
        if self._is_due(integration.key_id, at):
            store.note_key(integration.account_id, integration.id, at)

    def _is_due(self, what: str, at: datetime) -> bool:
        last = self._noted.get(what)
        if last is not None and at - last < _NOTE_EVERY:
            return False
        self._noted[what] = at
        return True
