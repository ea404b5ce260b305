"""The port to conversations that wait for an answer. Until flows exist, nobody waits."""

from datetime import datetime
from typing import Protocol


class WaitingFlows(Protocol):
    """Runs of flows, each of which may wait for what a phone texts to a sender."""

    def takes(self, sender_id: str, subject: str, body: str, at: datetime) -> bool:
        """Tell whether a run waits for this message; changes nothing."""
        ...

    def answer(
        self, sender_id: str, subject: str, message_id: str, body: str, at: datetime
    ) -> None:
        """Give the run its answer; the same message given again changes nothing."""
        ...


class NoFlows:
    """Nobody waits for anything."""

    def takes(self, _sender_id: str, _subject: str, _body: str, _at: datetime) -> bool:
        """No run waits."""
        return False

    def answer(
        self, _sender_id: str, _subject: str, _message_id: str, _body: str, _at: datetime
    ) -> None:
        """Nothing is given, since nothing was taken."""
