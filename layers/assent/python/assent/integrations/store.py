"""Integrations, keys and health counters in the `accounts` table."""

from datetime import datetime, timedelta

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.exceptions import UpdateError

from assent.integrations.model import ApiKey, Health, Integration, IntegrationState
from assent.platform.tables import Record, Transaction, failed_condition, get

_KEEP_COUNTS = timedelta(days=90)
_REFUSED = "refused:"
_LISTED = "listed"


class IntegrationRecord(Record):
    """`account#<ac>` / `integration#<in>`."""

    class Meta:
        table_name = "accounts_table"

    name = UnicodeAttribute()
    state = UnicodeAttribute()
    disclosure = UnicodeAttribute()
    channels = ListAttribute[str]()
    double_opt_in = BooleanAttribute()
    allowed_origins = ListAttribute[str]()
    redirect_urls = ListAttribute[str]()
    form_secret = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()


class DisclosureRecord(Record):
    """`account#<ac>` / `disclosure#<sha256>`: the exact words of a disclosure, once and for good.

    Evidence names them by their hash, so that an event stays small and the words stay provable.
    """

    class Meta:
        table_name = "accounts_table"

    text = UnicodeAttribute()


class CredentialRecord(Record):
    """`account#<ac>` / `form#<secret>` or `key#<id>`: from a credential to its integration."""

    class Meta:
        table_name = "accounts_table"

    integration_id = UnicodeAttribute()
    hash = UnicodeAttribute(null=True)
    created_at = UTCDateTimeAttribute()


class LastSeenRecord(Record):
    """`account#<ac>` / `health#<in>`: the last lead and the last error."""

    class Meta:
        table_name = "accounts_table"

    last_lead_at = UTCDateTimeAttribute(null=True)
    last_error = UnicodeAttribute(null=True)
    last_error_at = UTCDateTimeAttribute(null=True)


class CountRecord(Record):
    """`account#<ac>` / `count#<in>#<day>#<what>`: a counter that ends after 90 days."""

    class Meta:
        table_name = "accounts_table"

    total = NumberAttribute()
    expires_at = NumberAttribute()


def _key(account_id: str) -> str:
    return f"account#{account_id}"


def _record(one: Integration) -> IntegrationRecord:
    values = one.model_dump(exclude={"id", "account_id", "created_at"}, mode="json")
    return IntegrationRecord(
        _key(one.account_id), f"integration#{one.id}", created_at=one.created_at, **values
    )


def add(integration: Integration, key: ApiKey) -> None:
    """Write a new integration with its disclosure and the two credentials that lead to it."""
    transaction = Transaction()
    # Before any lead can refer to it; the same words again are the same item.
    transaction.put(
        "disclosure",
        DisclosureRecord(
            _key(integration.account_id),
            f"disclosure#{integration.disclosure_sha256}",
            text=integration.disclosure,
        ),
    )
    transaction.put("integration", _record(integration), IntegrationRecord.pk.does_not_exist())
    transaction.put(
        "form",
        CredentialRecord(
            _key(integration.account_id),
            f"form#{integration.form_secret}",
            integration_id=integration.id,
            created_at=integration.created_at,
        ),
        CredentialRecord.pk.does_not_exist(),
    )
    transaction.put(
        "key",
        CredentialRecord(
            _key(key.account_id),
            f"key#{key.id}",
            integration_id=key.integration_id,
            hash=key.hash,
            created_at=key.created_at,
        ),
        CredentialRecord.pk.does_not_exist(),
    )
    transaction.commit()


def replace(integration: Integration) -> bool:
    """Write an integration as it is now; false when it is gone."""
    record = _record(integration)
    try:
        record.update(
            actions=[
                IntegrationRecord.state.set(integration.state.value),
                IntegrationRecord.name.set(integration.name),
            ],
            condition=IntegrationRecord.pk.exists(),
        )
    except UpdateError as error:
        if failed_condition(error):
            return False
        raise
    return True


def integration(account_id: str, integration_id: str) -> Integration | None:
    """Read one integration."""
    record = get(IntegrationRecord, _key(account_id), f"integration#{integration_id}")
    return _integration(record) if record else None


def disclosure(account_id: str, sha256: str) -> str | None:
    """Read the words of a disclosure by the hash that evidence holds."""
    record = get(DisclosureRecord, _key(account_id), f"disclosure#{sha256}")
    return record.text if record else None


def integrations(account_id: str) -> list[Integration]:
    """List an account's integrations, oldest first."""
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
            "channels": list(record.channels),
            "allowed_origins": list(record.allowed_origins),
            "redirect_urls": list(record.redirect_urls),
        },
    )


def by_form(account_id: str, secret: str) -> str | None:
    """Find the integration that a form's key leads to."""
    record = get(CredentialRecord, _key(account_id), f"form#{secret}")
    return record.integration_id if record else None


def by_key(account_id: str, key_id: str) -> ApiKey | None:
    """Find a stored API key."""
    record = get(CredentialRecord, _key(account_id), f"key#{key_id}")
    if record is None or record.hash is None:
        return None
    return ApiKey(
        id=key_id,
        account_id=account_id,
        integration_id=record.integration_id,
        hash=record.hash,
        created_at=record.created_at,
    )


def note_lead(account_id: str, integration_id: str, at: datetime) -> None:
    """Remember when the last lead came in."""
    LastSeenRecord(_key(account_id), f"health#{integration_id}").update(
        actions=[LastSeenRecord.last_lead_at.set(at)]
    )


def note_error(account_id: str, integration_id: str, error: str, at: datetime) -> None:
    """Remember the last refusal, in words without personal data."""
    LastSeenRecord(_key(account_id), f"health#{integration_id}").update(
        actions=[LastSeenRecord.last_error.set(error), LastSeenRecord.last_error_at.set(at)]
    )


def count_refused(account_id: str, integration_id: str, field: str, at: datetime) -> None:
    """Count a refused field, by day."""
    _count(account_id, integration_id, _REFUSED + field, at)


def count_listed(account_id: str, integration_id: str, at: datetime) -> None:
    """Count a lead from a number on the opt-out list, by day."""
    _count(account_id, integration_id, _LISTED, at)


def _count(account_id: str, integration_id: str, what: str, at: datetime) -> None:
    key = f"count#{integration_id}#{at:%Y-%m-%d}#{what}"
    CountRecord(_key(account_id), key).update(
        actions=[
            CountRecord.total.add(1),
            CountRecord.expires_at.set(int((at + _KEEP_COUNTS).timestamp())),
        ]
    )


def health(account_id: str, integration_id: str) -> Health:
    """Sum up what is known of an integration over the days that are kept."""
    seen = get(LastSeenRecord, _key(account_id), f"health#{integration_id}")
    refusals: dict[str, int] = {}
    listed = 0
    prefix = f"count#{integration_id}#"
    for record in CountRecord.query(_key(account_id), CountRecord.sk.startswith(prefix)):
        what = record.sk.removeprefix(prefix).partition("#")[2]
        if what == _LISTED:
            listed += int(record.total)
        else:
            field = what.removeprefix(_REFUSED)
            refusals[field] = refusals.get(field, 0) + int(record.total)
    return Health(
        last_lead_at=seen.last_lead_at if seen else None,
        last_error=(seen.last_error or "") if seen else "",
        last_error_at=seen.last_error_at if seen else None,
        refusals=refusals,
        listed=listed,
    )
