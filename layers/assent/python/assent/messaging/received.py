"""A message received, as the rules look at it, and what a rule makes of it."""

from dataclasses import dataclass, field
from datetime import datetime

from assent.accounts.model import Sender
from assent.consent.events import Happening
from assent.consent.model import ALL_ACCOUNTS, Channel, EventType, Source
from assent.messaging.model import HandleInbound
from assent.platform.clock import stamp
from assent.sms.keywords import Intent


@dataclass(frozen=True)
class Received:
    """A message, whom it is from and to whom, and what its words mean."""

    command: HandleInbound
    sender: Sender | None  # nothing when nobody owns the address
    sender_id: str
    subject: str  # the phone's pseudonym
    intent: Intent
    now: datetime

    def happening(self, event: EventType, channels: list[Channel]) -> Happening:
        """Say that this message made something happen, for all accounts, and prove it by itself."""
        return Happening(
            type=event,
            effective_at=self.command.effective_at,
            recorded_at=self.now,
            channels=channels,
            sender_id=self.sender_id,
            scope=ALL_ACCOUNTS,
            source=Source.KEYPRESS if self.command.call else Source.KEYWORD,
            evidence={
                **self._words(),
                "provider": self.command.provider,
                "to": self.command.sender_address,
                "received_at": stamp(self.command.received_at),
            },
        )

    def _words(self) -> dict[str, str]:
        call = self.command.call
        if call is None:
            return {"message": self.command.body, "message_id": self.command.message_id}
        told = {"key": self.command.body, "call_id": call.id}
        told["call"] = "from the contact" if call.called_in else "to the contact"
        return told | ({"attestation": call.attestation} if call.attestation else {})


@dataclass(frozen=True)
class Meaning:
    """What a rule made of a message: the outcome as a word, and what is still to do.

    Each thing to do is `<what>` or `<what>:<detail>`; `followups` does them.
    """

    outcome: str
    todo: list[str] = field(default_factory=list)
