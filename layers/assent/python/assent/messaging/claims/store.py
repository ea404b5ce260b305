"""Claims of messages: rows of the `messages` table, made before a provider is given anything."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum

from pynamodb.exceptions import GetError, PutError
from pynamodb.expressions.condition import Condition

from assent.consent.policy import Purpose
from assent.messaging.model import RANK, MessageState, SendMessage
from assent.messaging.store import MessageRecord
from assent.platform.inserts import insert_all
from assent.platform.tables import Transaction, changed, failed_condition, get

_CLAIM_BYTES = 8
_WORDLESS = frozenset({Purpose.TEST, Purpose.VERIFICATION})
# Codes of single statements of a batch, as the API names them: Amazon DynamoDB API Reference,
# BatchStatementError. With any other, nobody knows whether the item was created.
_DUPLICATE = frozenset({"DuplicateItem", "ConditionalCheckFailed"})
_NOT_APPLIED = frozenset(
    {
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "ThrottlingError",
        "TransactionConflict",
    }
)


class Unclaimed(Enum):
    """Why a message is not for whoever wanted to claim it."""

    TAKEN = "taken"  # it was claimed before
    BUSY = "busy"  # the table takes no more at the moment; nothing was written


Claim = MessageRecord | Unclaimed


def claim(command: SendMessage, at: datetime) -> MessageRecord | None:
    """Take a message for sending. Whoever gets the row sends it; nobody else ever does.

    Returns nothing when it was taken before. A row that was released may be taken again.
    """
    return _put(_claiming(command, at))


def claim_all(commands: Sequence[SendMessage], at: datetime) -> list[Claim]:
    """Take up to 25 messages for sending, each as `claim` does, in one call.

    Raises `PutError`, or `GetError`, when a table fails; none of them is claimed then.
    """
    records = [_claiming(command, at) for command in commands]
    if not records:
        return []
    try:
        codes = insert_all(records)
    except PutError:
        # Applied or not, nobody knows: nothing was sent, so they are given back.
        release_all(records)
        raise
    claims: list[Claim] = [
        Unclaimed.BUSY if code in _NOT_APPLIED else record
        for record, code in zip(records, codes, strict=True)
    ]
    try:
        _settle(claims, codes)
    except (PutError, GetError):
        release_all(one for one in claims if isinstance(one, MessageRecord))
        raise
    return claims


def _settle(claims: list[Claim], codes: list[str]) -> None:
    """Find out about those that were not simply created."""
    doubtful = {
        at: one for at, one in enumerate(claims) if codes[at] and isinstance(one, MessageRecord)
    }
    met = {at: one for at, one in doubtful.items() if codes[at] in _DUPLICATE}
    kept = {}
    if met:
        keys = [(one.pk, one.sk) for one in met.values()]
        found = MessageRecord.batch_get(keys, consistent_read=True)
        kept = {(row.pk, row.sk): row for row in found}
    for at, record in doubtful.items():
        row = kept.get((record.pk, record.sk))
        # The SDK repeats a call whose answer was lost, and then meets the rows that it wrote.
        if row and row.claim == record.claim:
            continue
        if row and row.state != MessageState.RELEASED:
            claims[at] = Unclaimed.TAKEN
        else:
            # Given back before; or nobody knows whether it was created, and the token tells.
            claims[at] = _put(record) or Unclaimed.TAKEN


def _put(record: MessageRecord) -> MessageRecord | None:
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


def _claiming(command: SendMessage, at: datetime) -> MessageRecord:
    record = _row(command, MessageState.CLAIMED, at)
    record.claim = secrets.token_hex(_CLAIM_BYTES)
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
        # Of a test, or a code, nobody asks for the words, which may be about a contact.
        body="" if command.purpose in _WORDLESS else command.body,
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


def release_all(claimed: Iterable[MessageRecord]) -> None:
    """Give many claims back, until the table fails: each would wait for it anew."""
    for one in claimed:
        release(one)
