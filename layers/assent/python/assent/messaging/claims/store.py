"""Claims of messages: rows of the `messages` table, made before a provider is given anything."""

import secrets
from datetime import datetime

from pynamodb.exceptions import PutError
from pynamodb.expressions.condition import Condition

from assent.messaging.model import RANK, MessageState, SendMessage
from assent.messaging.store import MessageRecord
from assent.platform.tables import Transaction, changed, failed_condition, get

_CLAIM_BYTES = 8


def claim(command: SendMessage, at: datetime) -> MessageRecord | None:
    """Take a message for sending. Whoever gets the row sends it; nobody else ever does.

    Returns nothing when it was taken before. A row that was released may be taken again.
    """
    record = _row(command, MessageState.CLAIMED, at)
    record.claim = secrets.token_hex(_CLAIM_BYTES)
    try:
        record.save(condition=_free())
    except PutError as error:
        if not failed_condition(error):
            # Applied or not, nobody knows: nothing was sent, so it is given back.
            release(record)
            raise
        # The SDK repeats a call whose answer was lost, and then meets the row that it wrote.
        kept = get(MessageRecord, record.pk, record.sk, consistent=True)
        return record if kept and kept.claim == record.claim else None
    return record


def _row(command: SendMessage, state: MessageState, at: datetime) -> MessageRecord:
    return MessageRecord(
        command.place.thread,
        command.place.sort,
        direction="out",
        account_id=command.account_id,
        contact_id=command.contact_id,
        sender_id=command.sender_id,
        purpose=command.purpose.value,
        channel=command.channel.value,
        body=command.body,
        at=at,
        state=state.value,
        rank=RANK[state],
        broadcast_id=command.broadcast_id,
        batch=command.batch or None,
    )


def _free() -> Condition:
    released: Condition = MessageRecord.state == MessageState.RELEASED.value
    free: Condition = MessageRecord.pk.does_not_exist() | released
    return free


def add_taken_place(
    transaction: Transaction, command: SendMessage, at: datetime, reason: str
) -> None:
    """Take a message's place within a transaction, so that nobody claims and sends it any more."""
    taken = _taken_place(command, at, reason)
    transaction.put(f"place {command.broadcast_id}", taken, _free())


def take_place(command: SendMessage, at: datetime, reason: str) -> bool:
    """Take a message's place by itself; false when it is claimed, or taken, already."""
    try:
        _taken_place(command, at, reason).save(condition=_free())
    except PutError as error:
        if failed_condition(error):
            return False
        raise
    return True


def _taken_place(command: SendMessage, at: datetime, reason: str) -> MessageRecord:
    record = _row(command, MessageState.EXCLUDED, at)
    record.reason = reason
    return record


def release(claimed: MessageRecord) -> None:
    """Give a claim back: the provider did not take the message, so it may be sent later."""
    changed(
        claimed,
        [
            MessageRecord.state.set(MessageState.RELEASED.value),
            MessageRecord.rank.set(RANK[MessageState.RELEASED]),
        ],
        (MessageRecord.rank <= RANK[MessageState.CLAIMED]) & (MessageRecord.claim == claimed.claim),
    )
