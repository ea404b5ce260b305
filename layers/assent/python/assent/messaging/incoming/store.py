"""Messages that senders received, in the `messages` table: each once, with what is still to do."""

from pynamodb.attributes import ListAttribute, UnicodeAttribute, UTCDateTimeAttribute

from assent.messaging.model import HandleInbound
from assent.platform.tables import Contention, Record, Transaction, get

RECEIVED = "in#"
"""How the keys of what a sender received begin; the answers it sent sort before them."""


class InboundRecord(Record):
    """`<sn>#<phone_key>` / `in#<provider's id>`: everything received, once."""

    class Meta:
        table_name = "messages_table"

    connection_id = UnicodeAttribute()
    phone = UnicodeAttribute()
    body = UnicodeAttribute()
    intent = UnicodeAttribute()
    effective_at = UTCDateTimeAttribute()
    received_at = UTCDateTimeAttribute()
    outcome = UnicodeAttribute()
    todo = ListAttribute[str](null=True)


def inbound(thread: str, message_id: str) -> InboundRecord | None:
    """Read what is kept of a message received."""
    return get(InboundRecord, thread, f"{RECEIVED}{message_id}", consistent=True)


def add_inbound(
    transaction: Transaction,
    thread: str,
    command: HandleInbound,
    intent: str,
    outcome: str,
    todo: list[str],
) -> InboundRecord:
    """Keep a message received, on condition that it was not handled before."""
    record = InboundRecord(
        thread,
        f"{RECEIVED}{command.message_id}",
        connection_id=command.connection_id,
        phone=command.phone,
        body=command.body,
        intent=intent,
        effective_at=command.effective_at,
        received_at=command.received_at,
        outcome=outcome,
        todo=todo or None,
    )
    transaction.put("inbound", record, InboundRecord.pk.does_not_exist())
    return record


def clear_todo(record: InboundRecord) -> None:
    """Say that the follow-ups of a message received are done."""
    record.update(actions=[InboundRecord.todo.remove()], condition=InboundRecord.pk.exists())


def phone_of(thread: str) -> str:
    """Look up the number of a phone that has texted a sender; empty when it was erased."""
    found = InboundRecord.query(thread, InboundRecord.sk.startswith(RECEIVED), limit=1)
    return next((record.phone for record in found), "")


def erase_received(thread: str) -> None:
    """Blank what a phone texted, and its number; the rows stay, so that no repeat is handled.

    Raises `Contention` while something is still to be done about one of them: its number is
    needed for the answer.
    """
    for record in InboundRecord.query(thread, InboundRecord.sk.startswith(RECEIVED)):
        if record.todo:
            raise Contention
        if record.body or record.phone:
            record.update(
                actions=[InboundRecord.body.set(""), InboundRecord.phone.set("")],
                condition=InboundRecord.pk.exists() & InboundRecord.todo.does_not_exist(),
            )
