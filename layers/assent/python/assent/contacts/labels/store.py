"""Labels in the `contacts` table; which contact has which is kept with the contacts."""

from collections.abc import Iterator

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UTCDateTimeAttribute

from assent.contacts.directory.store import LabelledRecord
from assent.contacts.groups.model import folded
from assent.contacts.labels.model import Colour, Label
from assent.platform import settings
from assent.platform.tables import Record, Transaction, changed, count, get

_PAGE = 100


class LabelRecord(Record):
    """`<ac>#labels` / `<lb>`."""

    class Meta:
        table_name = "contacts_table"

    name = UnicodeAttribute()
    colour = UnicodeAttribute(default=Colour.GREY.value)
    created_at = UTCDateTimeAttribute()
    leaving = BooleanAttribute(default=False)
    merged_into = UnicodeAttribute(default="")


class LabelNameRecord(Record):
    """`<ac>#label-names` / the folded name: makes sure that a name is used once."""

    class Meta:
        table_name = "contacts_table"

    label_id = UnicodeAttribute()


def _name(label: Label) -> LabelNameRecord:
    return LabelNameRecord(f"{label.account_id}#label-names", folded(label.name), label_id=label.id)


def add_label(transaction: Transaction, label: Label) -> None:
    """Write a new label, on condition that its name is free."""
    transaction.put("name", _name(label), LabelNameRecord.pk.does_not_exist())
    transaction.put(
        "label",
        LabelRecord(
            f"{label.account_id}#labels",
            label.id,
            **label.model_dump(include={"name", "created_at"}),
            colour=label.colour.value,
        ),
    )


def add_changed(transaction: Transaction, before: Label, after: Label) -> None:
    """Give a label another name or colour, on condition that the name is free."""
    if folded(before.name) != folded(after.name):
        transaction.put("name", _name(after), LabelNameRecord.pk.does_not_exist())
        transaction.delete("old_name", _name(before))
    transaction.update(
        "label",
        LabelRecord(f"{after.account_id}#labels", after.id),
        [LabelRecord.name.set(after.name), LabelRecord.colour.set(after.colour.value)],
        (LabelRecord.name == before.name) & (LabelRecord.leaving == False),  # noqa: E712
    )


def label(account_id: str, label_id: str) -> Label | None:
    """Read one label, strongly consistent."""
    record = get(LabelRecord, f"{account_id}#labels", label_id, consistent=True)
    return _label(record) if record else None


def labels(account_id: str) -> list[Label]:
    """List an account's labels, oldest first."""
    return [_label(record) for record in LabelRecord.query(f"{account_id}#labels")]


def _label(record: LabelRecord) -> Label:
    return Label(
        id=record.sk,
        account_id=record.pk.partition("#")[0],
        **{**record.attribute_values, "colour": Colour(record.colour)},
    )


def check_staying(transaction: Transaction, account_id: str, label_id: str) -> None:
    """Require, inside a transaction, that a label is there and not on its way out."""
    transaction.check(
        "label",
        LabelRecord,
        (f"{account_id}#labels", label_id),
        LabelRecord.leaving == False,  # noqa: E712
    )


def start_leaving(label: Label, into: str) -> bool:
    """Let nobody get a label any more; false when it is gone, or on its way already."""
    return changed(
        LabelRecord(f"{label.account_id}#labels", label.id),
        [LabelRecord.leaving.set(True), LabelRecord.merged_into.set(into)],
        LabelRecord.leaving == False,  # noqa: E712
    )


def add_removal(transaction: Transaction, label: Label) -> None:
    """Take a label that is leaving away, with its name."""
    transaction.delete("name", _name(label), LabelNameRecord.label_id == label.id)
    transaction.delete(
        "label", LabelRecord(f"{label.account_id}#labels", label.id), LabelRecord.pk.exists()
    )


def labelled(account_id: str, label_id: str, shard: int) -> Iterator[str]:
    """Walk one shard of the contacts that have a label, missing none that got it before."""
    found = LabelledRecord.query(
        f"{account_id}#label#{label_id}#{shard}", consistent_read=True, page_size=_PAGE
    )
    return (record.sk for record in found)


def labelled_count(account_id: str, label_id: str, bound: int) -> int:
    """Count the contacts that have a label, no further than about `bound`."""
    total = 0
    for shard in range(settings.current().contact_shards):
        total += count(LabelledRecord, f"{account_id}#label#{label_id}#{shard}", bound - total)
        if total >= bound:
            break
    return total
