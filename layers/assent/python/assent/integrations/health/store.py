"""Last times and counters of integrations in the `accounts` table."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from assent.integrations.model import Day, Health
from assent.platform.tables import Record, get

_KEEP_COUNTS = timedelta(days=90)
_DAYS = 14
_REFUSED = "refused:"
_LISTED = "listed"
_LEADS = "leads"


class LastSeenRecord(Record):
    """`account#<ac>` / `health#<in>`: the last lead, the last error, the last use of the key."""

    class Meta:
        table_name = "accounts_table"

    last_lead_at = UTCDateTimeAttribute(null=True)
    last_error = UnicodeAttribute(null=True)
    last_error_at = UTCDateTimeAttribute(null=True)
    key_used_at = UTCDateTimeAttribute(null=True)


class CountRecord(Record):
    """`account#<ac>` / `count#<in>#<day>#<what>`: a counter that ends after 90 days."""

    class Meta:
        table_name = "accounts_table"

    total = NumberAttribute()
    expires_at = NumberAttribute()


def _key(account_id: str) -> str:
    return f"account#{account_id}"


def _seen(account_id: str, integration_id: str) -> LastSeenRecord:
    return LastSeenRecord(_key(account_id), f"health#{integration_id}")


def note_leads(account_id: str, integration_id: str, many: int, at: datetime) -> None:
    """Remember when the last lead came in, and count those that came since the last note."""
    _seen(account_id, integration_id).update(actions=[LastSeenRecord.last_lead_at.set(at)])
    _count(account_id, integration_id, _LEADS, at, many)


def note_key(account_id: str, integration_id: str, at: datetime) -> None:
    """Remember when the API key was last used."""
    _seen(account_id, integration_id).update(actions=[LastSeenRecord.key_used_at.set(at)])


def note_error(account_id: str, integration_id: str, error: str, at: datetime) -> None:
    """Remember the last refusal, in words without personal data."""
    _seen(account_id, integration_id).update(
        actions=[LastSeenRecord.last_error.set(error), LastSeenRecord.last_error_at.set(at)]
    )


def count_refused(account_id: str, integration_id: str, field: str, at: datetime) -> None:
    """Count a refused field, by day."""
    _count(account_id, integration_id, _REFUSED + field, at, 1)


def count_listed(account_id: str, integration_id: str, at: datetime) -> None:
    """Count a lead from a number on the opt-out list, by day."""
    _count(account_id, integration_id, _LISTED, at, 1)


def _count(account_id: str, integration_id: str, what: str, at: datetime, many: int) -> None:
    key = f"count#{integration_id}#{at:%Y-%m-%d}#{what}"
    CountRecord(_key(account_id), key).update(
        actions=[
            CountRecord.total.add(many),
            CountRecord.expires_at.set(int((at + _KEEP_COUNTS).timestamp())),
        ]
    )


def health(account_id: str, integration_id: str, today: date) -> Health:
    """Sum up what is known of an integration, and its last 14 days one by one (UTC)."""
    seen = get(LastSeenRecord, _key(account_id), f"health#{integration_id}")
    refusals: dict[str, int] = {}
    days = {day: Day(day=day) for day in _days(today)}
    listed = 0
    prefix = f"count#{integration_id}#"
    for record in CountRecord.query(_key(account_id), CountRecord.sk.startswith(prefix)):
        day_text, _, what = record.sk.removeprefix(prefix).partition("#")
        total = int(record.total)
        column = what
        if what.startswith(_REFUSED):
            field, column = what.removeprefix(_REFUSED), "refused"
            refusals[field] = refusals.get(field, 0) + total
        elif what == _LISTED:
            listed += total
        day = days.get(date.fromisoformat(day_text))
        if day:
            more = {column: getattr(day, column) + total}
            days[day.day] = day.model_copy(update=more)
    return Health(
        last_lead_at=seen.last_lead_at if seen else None,
        last_error=(seen.last_error or "") if seen else "",
        last_error_at=seen.last_error_at if seen else None,
        key_used_at=seen.key_used_at if seen else None,
        refusals=refusals,
        listed=listed,
        days=list(days.values()),
    )


def _days(today: date) -> Iterator[date]:
    return (today - timedelta(days=ago) for ago in reversed(range(_DAYS)))
