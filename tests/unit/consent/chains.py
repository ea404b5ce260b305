"""Real chains on tables: one phone with an account that agreed and a sender that was stopped."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from assent.consent import service, store
from assent.consent.ledger import Happening
from assent.consent.model import ALL_ACCOUNTS, Channel, EventType, Source
from assent.platform.tables import Transaction

AT = datetime(2026, 1, 5, 15, tzinfo=UTC)
A, B, SENDER, SUBJECT = f"ac_{'A' * 26}", f"ac_{'B' * 26}", "sn_18885550100", "0f" * 16
PHONE = "+12125550101"
DISCLOSURE = {
    "disclosure": "I agree to get texts.",
    "disclosure_sha256": "5e",
    "url": "https://e.x",
}


def happening(
    event: EventType,
    minute: int,
    *,
    scope: str = "",
    channels: tuple[Channel, ...] = (Channel.SMS,),
    source: Source = Source.KEYWORD,
    actor: str = "",
    evidence: dict[str, str] | None = None,
) -> Happening:
    """Describe what happened at a minute after `AT`, recorded a second later."""
    at = AT + timedelta(minutes=minute)
    return Happening(
        type=event,
        effective_at=at,
        recorded_at=at + timedelta(seconds=1),
        channels=list(channels),
        sender_id=SENDER,
        scope=scope,
        source=source,
        actor=actor,
        evidence=evidence or {},
    )


def agree(happened: Happening, account_id: str = A) -> None:
    """Append to an account's chain."""
    transaction = Transaction()
    service.agree(transaction, store.consent(account_id, SUBJECT), happened)
    transaction.commit()


def lay(happened: Happening) -> None:
    """Append an opt-out to the sender's chain."""
    transaction = Transaction()
    service.lay(transaction, store.opt_out(SENDER, SUBJECT), happened, PHONE)
    transaction.commit()


def lift(happened: Happening) -> None:
    """Append the contact's return to the sender's chain."""
    transaction = Transaction()
    service.lift(transaction, store.opt_out(SENDER, SUBJECT), happened, PHONE)
    transaction.commit()


def withdraw(happened: Happening) -> None:
    """Append a user's reversal to the sender's chain."""
    transaction = Transaction()
    service.withdraw(transaction, store.opt_out(SENDER, SUBJECT), happened)
    transaction.commit()


def _lead(minute: int, event: EventType, actor: str, words: dict[str, str]) -> Happening:
    both = (Channel.SMS, Channel.VOICE)
    return happening(event, minute, channels=both, source=Source.FORM, actor=actor, evidence=words)


def _text(minute: int, event: EventType, words: str) -> Happening:
    said = {"message": words, "message_id": f"IN{minute}"}
    return happening(event, minute, scope=ALL_ACCOUNTS, evidence=said)


def _user(minute: int, event: EventType, scope: str, user: str, name: str) -> Happening:
    said = {"user": name, "reason": f"Because {name} says so"}
    return happening(event, minute, scope=scope, source=Source.ADMIN, actor=user, evidence=said)


def make() -> None:
    """Make the chains: four events of account A, six of the sender, one of account B."""
    agree(_lead(0, EventType.CONFIRMATION_REQUESTED, "in_1", DISCLOSURE))
    agree(_text(1, EventType.CONFIRMED, "Yes please"))
    agree(_lead(2, EventType.LEAD_RECEIVED, "in_2", DISCLOSURE))
    agree(_lead(3, EventType.LEAD_RECEIVED, "in_2", DISCLOSURE))
    agree(_lead(2, EventType.LEAD_RECEIVED, "in_B", {"disclosure": "B’s own words"}), B)
    lay(_text(10, EventType.STOPPED, "STOP"))
    lift(_text(20, EventType.STARTED, "START"))
    lay(_user(30, EventType.OPTED_OUT_BY_USER, A, "user-1", "Olga"))
    lay(_user(31, EventType.OPTED_OUT_ON_REQUEST, B, "user-of-b", "Bruno Secret"))
    withdraw(_user(40, EventType.OPT_OUT_REVERSED, A, "user-1", "Olga"))
    lay(_text(50, EventType.STOPPED, "Stop, please!"))


Item = dict[str, Any]


def items(owner: str) -> list[Item]:
    """Read a chain's items as DynamoDB holds them."""
    found = boto3.client("dynamodb").query(
        TableName="assent-test-ledger",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"{owner}#{SUBJECT}"}},
    )
    return list(found["Items"])


def head(owner: str) -> Item:
    """Read the record that keeps a chain's head."""
    kind = "optout" if owner == SENDER else "consent"
    key = {"pk": {"S": f"{owner}#{SUBJECT}"}, "sk": {"S": kind}}
    client = boto3.client("dynamodb")
    return dict(client.get_item(TableName="assent-test-consent", Key=key)["Item"])


def put(item: Item, table: str = "ledger") -> None:
    """Write an item over the product's head."""
    boto3.client("dynamodb").put_item(TableName=f"assent-test-{table}", Item=item)


def delete(item: Item, table: str = "ledger") -> None:
    """Delete an item over the product's head."""
    key = {"pk": item["pk"], "sk": item["sk"]}
    boto3.client("dynamodb").delete_item(TableName=f"assent-test-{table}", Key=key)


def fields(item: Item) -> dict[str, Any]:
    """Read the event of an item."""
    return dict(json.loads(item["event"]["S"]))


def changed(item: Item, values: dict[str, object]) -> Item:
    """Give the item with other fields in its event."""
    return item | {"event": {"S": json.dumps(fields(item) | values)}}
