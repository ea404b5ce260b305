"""Integrations and what leads to them, in the `accounts` table."""

from collections.abc import Iterable
from datetime import datetime

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.expressions.update import Action

from assent.consent.model import Channel
from assent.integrations.model import ApiKey, Credential, Integration, IntegrationState
from assent.platform.tables import Record, Transaction, changed, get

_DELETED = IntegrationState.DELETED.value


class IntegrationRecord(Record):
    """`account#<ac>` / `integration#<in>`."""

    class Meta:
        table_name = "accounts_table"

    name = UnicodeAttribute()
    state = UnicodeAttribute()
    closed_at = UTCDateTimeAttribute(null=True)
    disclosure = UnicodeAttribute()
    disclosed_at = UTCDateTimeAttribute(null=True)
    earlier = JSONAttribute(null=True)
    channels = ListAttribute[str]()
    double_opt_in = BooleanAttribute()
    allowed_origins = ListAttribute[str]()
    redirect_urls = ListAttribute[str]()
    line_look_up = BooleanAttribute(default=False)
    form_secret = UnicodeAttribute()
    key_id = UnicodeAttribute(default="")
    key_made_at = UTCDateTimeAttribute(null=True)
    created_at = UTCDateTimeAttribute()


class DisclosureRecord(Record):
    """`account#<ac>` / `disclosure#<sha256>`: the exact words of a disclosure, once and for good.

    Evidence names them by their hash, so that an event stays small and the words stay provable.
    """

    class Meta:
        table_name = "accounts_table"

    text = UnicodeAttribute()


class CredentialRecord(Record):
    """`account#<ac>` / `form#<secret>` or `key#<id>`: from a credential to its integration.

    One that was replaced stays with the time of its end: what was accepted before is still
    processed, and whoever uses it is told.
    """

    class Meta:
        table_name = "accounts_table"

    integration_id = UnicodeAttribute()
    hash = UnicodeAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    ended_at = UTCDateTimeAttribute(null=True)


def _key(account_id: str) -> str:
    return f"account#{account_id}"


def _where(one: Integration) -> tuple[str, str]:
    return _key(one.account_id), f"integration#{one.id}"


def _form(one: Integration) -> CredentialRecord:
    return CredentialRecord(
        _key(one.account_id),
        f"form#{one.form_secret}",
        integration_id=one.id,
        created_at=one.created_at,
    )


def _api_key(key: ApiKey) -> CredentialRecord:
    return CredentialRecord(
        _key(key.account_id),
        f"key#{key.id}",
        integration_id=key.integration_id,
        hash=key.hash,
        created_at=key.created_at,
    )


def _put_words(transaction: Transaction, one: Integration) -> None:
    # Before any lead can refer to it; the same words again are the same item.
    transaction.put(
        "words",
        DisclosureRecord(
            _key(one.account_id), f"disclosure#{one.disclosure_sha256}", text=one.disclosure
        ),
    )


def add(integration: Integration, key: ApiKey) -> None:
    """Write a new integration with its disclosure and the two credentials that lead to it."""
    values = integration.model_dump(
        exclude={"id", "account_id", "key_id", "key_made_at", "earlier"}, mode="python"
    )
    transaction = Transaction()
    _put_words(transaction, integration)
    transaction.put(
        "integration",
        IntegrationRecord(
            *_where(integration),
            **values
            | {
                "state": integration.state.value,
                "channels": [channel.value for channel in integration.channels],
            },
            key_id=key.id,
            key_made_at=key.created_at,
        ),
        IntegrationRecord.pk.does_not_exist(),
    )
    transaction.put("form", _form(integration), CredentialRecord.pk.does_not_exist())
    transaction.put("key", _api_key(key), CredentialRecord.pk.does_not_exist())
    transaction.commit()


def change(before: Integration, after: Integration) -> bool:
    """Write what differs, unless the integration was deleted; false when it was.

    What is not among the differences is left as it is, so that two who change different things do
    not undo each other's change.
    """
    actions: list[Action] = []
    for name in (
        "name", "closed_at", "double_opt_in", "allowed_origins", "redirect_urls", "line_look_up"
    ):  # fmt: skip
        value = getattr(after, name)
        if value != getattr(before, name):
            path = getattr(IntegrationRecord, name)
            actions.append(path.remove() if value is None else path.set(value))
    if after.state != before.state:
        actions.append(IntegrationRecord.state.set(after.state.value))
    if not actions:
        return True
    return changed(
        IntegrationRecord(*_where(after)),
        actions,
        IntegrationRecord.pk.exists() & (IntegrationRecord.state != _DELETED),
    )


def add_disclosure(transaction: Transaction, before: Integration, after: Integration) -> None:
    """Give an integration other words within a transaction, if nobody else did meanwhile."""
    if after.disclosed_at is None:
        raise ValueError("words are shown from some moment on")
    _put_words(transaction, after)
    transaction.update(
        "integration",
        IntegrationRecord(*_where(after)),
        [
            IntegrationRecord.disclosure.set(after.disclosure),
            IntegrationRecord.disclosed_at.set(after.disclosed_at),
            IntegrationRecord.channels.set([channel.value for channel in after.channels]),
            IntegrationRecord.earlier.set(after.earlier),
        ],
        (IntegrationRecord.disclosure == before.disclosure) & (IntegrationRecord.state != _DELETED),
    )


def add_key(transaction: Transaction, before: Integration, key: ApiKey) -> None:
    """Give an integration another key within a transaction, if nobody else did meanwhile."""
    transaction.update(
        "integration",
        IntegrationRecord(*_where(before)),
        [
            IntegrationRecord.key_id.set(key.id),
            IntegrationRecord.key_made_at.set(key.created_at),
        ],
        (IntegrationRecord.key_id == before.key_id) & (IntegrationRecord.state != _DELETED),
    )
    transaction.put("key", _api_key(key), CredentialRecord.pk.does_not_exist())


def add_form(transaction: Transaction, before: Integration, after: Integration) -> None:
    """Give a form another address within a transaction, if nobody else did meanwhile."""
    transaction.update(
        "integration",
        IntegrationRecord(*_where(before)),
        [IntegrationRecord.form_secret.set(after.form_secret)],
        (IntegrationRecord.form_secret == before.form_secret)
        & (IntegrationRecord.state != _DELETED),
    )
    transaction.put("form", _form(after), CredentialRecord.pk.does_not_exist())


def add_end(transaction: Transaction, deleted: Integration, closed_at: datetime) -> None:
    """Mark an integration as deleted within a transaction, if its credentials are those seen."""
    transaction.update(
        "integration",
        IntegrationRecord(*_where(deleted)),
        [
            IntegrationRecord.state.set(_DELETED),
            IntegrationRecord.closed_at.set(closed_at),
        ],
        (IntegrationRecord.form_secret == deleted.form_secret)
        & (IntegrationRecord.key_id == deleted.key_id)
        & (IntegrationRecord.state != _DELETED),
    )


def end_credentials(
    transaction: Transaction, account_id: str, credentials: Iterable[str], at: datetime
) -> None:
    """Let credentials, `form#<secret>` or `key#<id>`, lead nowhere from a moment on."""
    for one in credentials:
        transaction.update(
            "credential",
            CredentialRecord(_key(account_id), one),
            [CredentialRecord.ended_at.set(at)],
            CredentialRecord.pk.exists(),
        )


def live_keys(account_id: str, integration_id: str) -> list[str]:
    """Name the keys, `key#<id>`, that lead to an integration now."""
    found = CredentialRecord.query(_key(account_id), CredentialRecord.sk.startswith("key#"))
    return [
        record.sk
        for record in found
        if record.integration_id == integration_id
        and record.attribute_values.get("ended_at") is None
    ]


def integration(account_id: str, integration_id: str) -> Integration | None:
    """Read one integration, also one that was deleted."""
    record = get(IntegrationRecord, _key(account_id), f"integration#{integration_id}")
    return _integration(record) if record else None


def put_disclosure(account_id: str, sha256: str, words: str) -> None:
    """Keep the words that people agreed to elsewhere; the same words again are the same item."""
    DisclosureRecord(_key(account_id), f"disclosure#{sha256}", text=words).save()


def disclosure(account_id: str, sha256: str) -> str | None:
    """Read the words of a disclosure by the hash that evidence holds."""
    record = get(DisclosureRecord, _key(account_id), f"disclosure#{sha256}")
    return record.text if record else None


def integrations(account_id: str) -> list[Integration]:
    """List an account's integrations, oldest first, also those that were deleted."""
    found = IntegrationRecord.query(
        _key(account_id), IntegrationRecord.sk.startswith("integration#")
    )
    return [_integration(record) for record in found]


def _integration(record: IntegrationRecord) -> Integration:
    return Integration(
        id=record.sk.removeprefix("integration#"),
        account_id=record.pk.removeprefix("account#"),
        **{
            **record.attribute_values,
            "state": IntegrationState(record.state),
            "channels": [Channel(channel) for channel in record.channels],
            "earlier": record.earlier or {},
            "allowed_origins": list(record.allowed_origins),
            "redirect_urls": list(record.redirect_urls),
        },
    )


def by_form(account_id: str, secret: str) -> Credential | None:
    """Find what a form's address leads to, or led to."""
    return _credential(account_id, f"form#{secret}")


def by_key(account_id: str, key_id: str) -> Credential | None:
    """Find a stored API key, also one that was replaced."""
    found = _credential(account_id, f"key#{key_id}")
    return found if found and found.hash else None


def _credential(account_id: str, sk: str) -> Credential | None:
    record = get(CredentialRecord, _key(account_id), sk)
    if record is None:
        return None
    return Credential(
        integration_id=record.integration_id, hash=record.hash or "", ended_at=record.ended_at
    )
