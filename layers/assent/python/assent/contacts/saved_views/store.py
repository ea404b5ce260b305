"""Saved views in the `contacts` table."""

from pynamodb.attributes import JSONAttribute, UnicodeAttribute, UTCDateTimeAttribute

from assent.contacts.saved_views.model import SavedView
from assent.platform.tables import Record, get


class SavedViewRecord(Record):
    """`<ac>#views#<sub>` / `<vw>`: a saved view; they are few, and read together."""

    class Meta:
        table_name = "contacts_table"

    name = UnicodeAttribute()
    filter = JSONAttribute()
    sort = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()


def _key(account_id: str, user_id: str) -> str:
    return f"{account_id}#views#{user_id}"


def put_view(account_id: str, user_id: str, view: SavedView) -> None:
    """Save a view, over an earlier one of its id."""
    SavedViewRecord(
        _key(account_id, user_id),
        view.id,
        name=view.name,
        filter=view.filter.model_dump(mode="json", exclude_defaults=True),
        sort=view.sort.value,
        created_at=view.created_at,
    ).save()


def view(account_id: str, user_id: str, view_id: str) -> SavedView | None:
    """Read one view."""
    record = get(SavedViewRecord, _key(account_id, user_id), view_id)
    return _view(record) if record else None


def views(account_id: str, user_id: str) -> list[SavedView]:
    """List a user's views, oldest first."""
    return [_view(record) for record in SavedViewRecord.query(_key(account_id, user_id))]


def _view(record: SavedViewRecord) -> SavedView:
    return SavedView(id=record.sk, **record.attribute_values)


def delete_view(account_id: str, user_id: str, view_id: str) -> None:
    """Remove a view; doing it again changes nothing."""
    SavedViewRecord(_key(account_id, user_id), view_id).delete()
