"""Calling again when nobody took the call.

Each attempt is a message of its own, with its own claim and its own look at the opt-out list: a
redelivery calls nobody twice, and who opted out between two attempts is not called. Until the last
attempt has failed, the message has not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from assent.consent.hours import is_open, whereabouts
from assent.consent.model import Channel
from assent.consent.policy import Purpose
from assent.contacts import store as contacts
from assent.messaging import store
from assent.messaging.dispatch import Dispatcher, TryLater
from assent.messaging.model import (
    MessageState,
    Place,
    SendMessage,
    attempt_of,
    attempt_place,
)
from assent.messaging.redial import GIVE_UP_AFTER, LOOK_AGAIN, next_call
from assent.platform.clock import Clock
from assent.platform.queues import MAX_DELAY, Sink

_PROVIDER_BUSY = timedelta(minutes=1)


class Wish(StrEnum):
    """Whether whoever wanted a call still wants it."""

    YES = "yes"
    LATER = "later"  # paused
    NO = "no"  # cancelled


def again(failed: store.MessageRecord, ended_at: datetime) -> SendMessage | None:
    """Return the next attempt at a call that failed, or nothing when it is final."""
    place = Place(thread=failed.pk, sort=failed.sk)
    attempt = attempt_of(place)
    due = next_call(failed.reason, attempt, ended_at)
    to_a_contact = failed.channel == Channel.VOICE and failed.contact_id  # and is no test
    if not to_a_contact or due is None or not failed.body:
        return None
    contact = contacts.contact(failed.account_id, failed.contact_id, consistent=True)
    if contact is None or contact.erased_at:
        return None
    return SendMessage(
        place=attempt_place(place, attempt + 1),
        account_id=failed.account_id,
        contact_id=failed.contact_id,
        sender_id=failed.sender_id,
        phone=contact.phone,
        subject=contact.subject,
        purpose=Purpose(failed.purpose),
        channel=Channel.VOICE,
        body=failed.body,
        created_at=failed.at,
        broadcast_id=failed.broadcast_id,
        not_before=due,
    )


def put_off(outbound: Sink, command: SendMessage, wait: timedelta) -> None:
    """Let a call wait; sent anew each time, so that hours of waiting use up no receives."""
    seconds = -(-wait // timedelta(seconds=1))
    outbound.send(command, delay=min(MAX_DELAY, max(0, seconds)))


@dataclass
class Redialer:
    """Places the second and later attempts of calls."""

    clock: Clock
    dispatcher: Dispatcher
    outbound: Sink
    # Broadcasts want calls and count them; they stand above this slice.
    wish: Callable[[SendMessage], Wish]
    count_delivery: Callable[[str, str, MessageState, str], object]

    def call(self, command: SendMessage, due: datetime) -> str:
        """Call when it is due, allowed and still wanted; returns what came of it as a word."""
        now = self.clock.now()
        if now < due:
            put_off(self.outbound, command, due - now)
            return "early"
        wish = self.wish(command)
        contact = contacts.contact(command.account_id, command.contact_id, consistent=True)
        # It may have another number by now, or be gone.
        still = contact if contact and contact.phone == command.phone else None
        if wish == Wish.NO or now - due >= GIVE_UP_AFTER or still is None:
            return self._give_up(command)
        if wish == Wish.LATER or not is_open(whereabouts(still.phone, still.zone), now):
            put_off(self.outbound, command, LOOK_AGAIN)
            return "put_off"
        try:
            outcome = self.dispatcher.send(command)
        except TryLater:
            put_off(self.outbound, command, _PROVIDER_BUSY)
            return "provider_busy"
        if outcome.state in (MessageState.FAILED, MessageState.EXCLUDED) and not next_call(
            outcome.reason, attempt_of(command.place), now
        ):
            self._count_failed(command, outcome.reason)
        return outcome.state

    def _give_up(self, command: SendMessage) -> str:
        """Leave it at the attempt before, unless this one was made already."""
        made = store.row(command.place)
        if made and made.state != MessageState.RELEASED:
            return "made_already"
        before = store.row(attempt_place(command.place, attempt_of(command.place) - 1))
        self._count_failed(command, before.reason or "" if before else "")
        return "given_up"

    def _count_failed(self, command: SendMessage, code: str) -> None:
        if command.broadcast_id:
            self.count_delivery(command.broadcast_id, command.contact_id, MessageState.FAILED, code)
