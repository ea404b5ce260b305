"""What a provider's refusal teaches: a number that it says opted out is opted out, and hard.

The record, its event, the message's failure and what is still to do are one transaction, so a crash
after it loses nothing: a redelivery finds what is to do on the message.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from assent.consent import service as consent
from assent.consent import store as consent_store
from assent.consent.events import Happening
from assent.consent.model import ALL_ACCOUNTS, Channel, EventType, OptOut, Source, Suppression
from assent.contacts import store as contacts
from assent.messaging import store
from assent.messaging.effects import effects_of
from assent.messaging.incoming import store as incoming
from assent.messaging.model import ApplyEffects, Place
from assent.messaging.providers import cause_of
from assent.messaging.providers.base import Failure
from assent.platform.clock import Clock
from assent.platform.queues import Sink
from assent.platform.tables import ConditionFailed, Contention, Transaction
from assent.sms.numbers import LineType

_ATTEMPTS = 5


def says_opted_out(code: str) -> bool:
    """Tell whether a provider's code means that the number opted out of the sender."""
    cause = cause_of(code)
    return cause is not None and cause.failure == Failure.OPTED_OUT


def note_landline(account_id: str, contact_id: str, code: str) -> None:
    """Mark a contact's number as a landline, where the provider's code says so for sure.

    One that may as well be out of reach (30006) marks nothing: the message tells it.
    """
    cause = cause_of(code)
    if contact_id and cause is not None and cause.failure == Failure.NOT_TEXTABLE:
        contacts.set_line_type(account_id, contact_id, LineType.fixed_line)


@dataclass(frozen=True)
class Refusal:
    """A message that the provider refused because the number opted out."""

    message: store.MessageRecord
    subject: str
    phone: str  # empty where it is not known
    code: str
    provider_id: str = ""


@dataclass
class ProviderReports:
    """Learns opt-outs from refusals."""

    clock: Clock
    effects: Sink

    def learn(self, refusal: Refusal) -> None:
        """Record the opt-out, unless a hard one stands or the contact came back since.

        The caller sets the message's state in any case.
        """
        for _ in range(_ATTEMPTS):
            try:
                todo = self._record(refusal)
            except Contention:
                continue
            except ConditionFailed as failure:
                if "message" in failure.failed:
                    return  # its failure is known, and was learned from
                continue
            self.follow_up(refusal.message, todo)
            return
        raise Contention

    def _record(self, refusal: Refusal) -> list[str]:
        row = refusal.message
        channel = Channel(row.channel)
        before = consent_store.opt_out(row.sender_id, refusal.subject)
        if before.state(channel, ALL_ACCOUNTS) == Suppression.HARD:
            return []
        transaction = Transaction()
        phone = refusal.phone or before.phone or incoming.phone_of(row.pk)
        if consent.lay(transaction, before, self._happening(refusal, before), phone) is None:
            return []
        todo = [effects_of(before, [channel]).model_dump_json()]
        place = Place(thread=row.pk, sort=row.sk)
        store.add_refused(transaction, place, refusal.code, refusal.provider_id, todo)
        transaction.commit()
        return todo

    def _happening(self, refusal: Refusal, before: OptOut) -> Happening:
        return Happening(
            type=EventType.PROVIDER_REPORTED,
            # When it was sent: what the contact texted after that is newer than the refusal.
            effective_at=refusal.message.at,
            recorded_at=self.clock.now(),
            channels=[Channel(refusal.message.channel)],
            sender_id=before.sender_id,
            scope=ALL_ACCOUNTS,
            source=Source.PROVIDER,
            evidence={
                "code": refusal.code,
                "message_id": refusal.provider_id or refusal.message.sk.partition("#")[2],
            },
        )

    def follow_up(self, row: store.MessageRecord, todo: Iterable[str]) -> None:
        """Carry the opt-out to the accounts that know the phone, then say that it is done."""
        waiting = list(todo)
        for command in waiting:
            self.effects.send(ApplyEffects.model_validate_json(command))
        if waiting:
            store.end_refused(Place(thread=row.pk, sort=row.sk))
