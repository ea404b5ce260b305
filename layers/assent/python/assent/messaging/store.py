"""Messages in the `messages` table: the row that claims a message is its history."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from pynamodb.attributes import (
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.expressions.update import Action

from assent.consent.model import Channel
from assent.messaging.model import RANK, Message, MessageState, Place
from assent.platform.clock import stamp
from assent.platform.tables import Record, Transaction, changed, get

INBOUND = "in"
_LONGEST_BROADCAST = timedelta(days=30)
_HELD_BACK = frozenset({MessageState.RELEASED, MessageState.EXCLUDED})
ANSWERS_WITHIN = timedelta(hours=72)
"""For how long after a broadcast an opt-out is taken for an answer to it."""


class MessageRecord(Record):
    """`<thread>` / `<time>#<message>`: a message sent, or a contact's copy of one received."""

    class Meta:
        table_name = "messages_table"

    direction = UnicodeAttribute()
    account_id = UnicodeAttribute()
    contact_id = UnicodeAttribute(default="")
    sender_id = UnicodeAttribute()
    purpose = UnicodeAttribute()
    channel = UnicodeAttribute()
    body = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    state = UnicodeAttribute(null=True)
    rank = NumberAttribute(null=True)
    reason = UnicodeAttribute(default="")
    evidence = JSONAttribute(null=True)  # what the closed gate saw, where it was held back
    provider_id = UnicodeAttribute(default="")
    broadcast_id = UnicodeAttribute(default="")
    batch = UnicodeAttribute(null=True)
    claim = UnicodeAttribute(null=True)
    todo = ListAttribute[str](null=True)


def record_state(
    place: Place,
    state: MessageState,
    *,
    reason: str = "",
    evidence: dict[str, str] | None = None,
    provider_id: str = "",
) -> MessageRecord | None:
    """Move a message to a state of higher rank; nothing when it is unknown or further already."""
    actions: list[Action] = [
        MessageRecord.state.set(state.value),
        MessageRecord.rank.set(RANK[state]),
    ]
    if reason:
        actions.append(MessageRecord.reason.set(reason))
    if evidence:
        actions.append(MessageRecord.evidence.set(evidence))
    if provider_id:
        actions.append(MessageRecord.provider_id.set(provider_id))
    record = MessageRecord(place.thread, place.sort)
    return record if changed(record, actions, MessageRecord.rank < RANK[state]) else None


def add_refused(
    transaction: Transaction, place: Place, reason: str, provider_id: str, todo: list[str]
) -> None:
    """Let a message fail within a transaction, with what follows from the refusal still to do."""
    actions: list[Action] = [
        MessageRecord.state.set(MessageState.FAILED.value),
        MessageRecord.rank.set(RANK[MessageState.FAILED]),
        MessageRecord.reason.set(reason),
        MessageRecord.todo.set(todo),
    ]
    if provider_id:
        actions.append(MessageRecord.provider_id.set(provider_id))
    transaction.update(
        "message",
        MessageRecord(place.thread, place.sort),
        actions,
        MessageRecord.rank < RANK[MessageState.FAILED],
    )


def end_refused(place: Place) -> None:
    """Say that what follows from a refusal is done."""
    MessageRecord(place.thread, place.sort).update(
        actions=[MessageRecord.todo.remove()], condition=MessageRecord.pk.exists()
    )


def put_copy(
    thread: str,
    *,
    account_id: str,
    contact_id: str,
    sender_id: str,
    message_id: str,
    body: str,
    intent: str,
    at: datetime,
) -> None:
    """Show a message received in a contact's conversation; writing it again changes nothing."""
    MessageRecord(
        thread,
        f"{stamp(at)}#in#{message_id}",
        direction=INBOUND,
        account_id=account_id,
        contact_id=contact_id,
        sender_id=sender_id,
        purpose=intent,
        channel="sms",
        body=body,
        at=at,
    ).save()


def last_sent(thread: str) -> datetime | None:
    """Say when the latest message of a contact's thread went out, or nothing."""
    latest = MessageRecord.query(
        thread,
        scan_index_forward=False,
        limit=20,
        filter_condition=MessageRecord.direction == "out",
    )
    return next((record.at for record in latest), None)


def recently_sent(
    thread: str,
    purpose: str,
    since: datetime,
    *,
    beside: Place | None = None,
    until: datetime | None = None,
) -> list[datetime]:
    """Say when a contact was sent messages of a purpose since a moment, or until another.

    Those whose outcome is not known count as sent; those held back, or given back, do not. Keys
    hold when what they belong to began, and a broadcast may have begun long before. `beside` a
    message that was just claimed: whatever was claimed before this began is seen.
    """
    first = stamp(since - _LONGEST_BROADCAST)
    recent = MessageRecord.query(
        thread,
        # What was sent until then belongs to something that had begun by then.
        MessageRecord.sk.between(first, f"{stamp(until)}$") if until else MessageRecord.sk > first,
        filter_condition=(MessageRecord.purpose == purpose) & (MessageRecord.at > since),
        attributes_to_get=["pk", "sk", "at", "state"],
        consistent_read=beside is not None,
    )
    own = beside.sort if beside else ""
    return [
        one.at
        for one in recent
        if one.state not in _HELD_BACK and one.sk != own and (until is None or one.at <= until)
    ]


def broadcast_before(thread: str, channel: str, at: datetime) -> str:
    """Name the broadcast that a contact was sent last before a moment, not long before; or none."""
    recent = MessageRecord.query(
        thread,
        MessageRecord.sk > stamp(at - _LONGEST_BROADCAST),
        filter_condition=(MessageRecord.broadcast_id > "")
        & (MessageRecord.channel == channel)
        & MessageRecord.at.between(at - ANSWERS_WITHIN, at),
        attributes_to_get=["pk", "sk", "at", "state", "broadcast_id"],
    )
    got = (record for record in recent if record.state not in _HELD_BACK)
    latest = max(got, key=lambda record: record.at, default=None)
    return latest.broadcast_id if latest else ""


def thread(key: str, *, before: str | None = None, limit: int = 50) -> list[Message]:
    """Read a contact's messages, newest first, from beyond the key `before`."""
    beyond = MessageRecord.sk < before if before else None
    found = MessageRecord.query(key, beyond, scan_index_forward=False, limit=limit)
    return [message(record) for record in found]


def walk_back(key: str, before: str | None, page_size: int) -> Iterator[Message]:
    """Walk a thread, newest first, from beyond the key `before`, a page of it at a time."""
    beyond = MessageRecord.sk < before if before else None
    found = MessageRecord.query(key, beyond, scan_index_forward=False, page_size=page_size)
    return (message(record) for record in found)


def row(place: Place) -> MessageRecord | None:
    """Read one message's row as it stands, strongly consistent."""
    return get(MessageRecord, place.thread, place.sort, consistent=True)


def rows(places: Iterable[Place]) -> dict[Place, MessageRecord]:
    """Read the rows of many messages as they stand, strongly consistent, where there are any."""
    keys = [(place.thread, place.sort) for place in places]
    found = MessageRecord.batch_get(keys, consistent_read=True)
    return {Place(thread=record.pk, sort=record.sk): record for record in found}


def message(record: MessageRecord) -> Message:
    """Show a row as a message."""
    return Message(
        place=Place(thread=record.pk, sort=record.sk),
        inbound=record.direction == INBOUND,
        sender_id=record.sender_id,
        purpose=record.purpose,
        channel=Channel(record.channel),
        body=record.body,
        at=record.at,
        state=MessageState(record.state) if record.state else None,
        reason=record.reason,
        broadcast_id=record.broadcast_id,
        batch=record.batch or "",
    )


# Erasure


def erase_conversation(thread: str) -> None:
    """Blank the words of a contact's conversation; the rows stay, since they claim messages."""
    for record in MessageRecord.query(thread):
        if record.body:
            record.update(actions=[MessageRecord.body.set("")], condition=MessageRecord.pk.exists())
