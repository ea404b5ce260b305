"""Contacts in the `contacts` table, read by those who send to thousands."""

from collections.abc import Callable, Iterable
from datetime import datetime

from assent.consent.model import Channel, Status
from assent.contacts.model import Compliance, ComplianceState, Recipient
from assent.contacts.store import ContactRecord, contact_key
from assent.platform.parts import Item, batch_get_parts, text

# As its record reads them.
_CUSTOM: Callable[[str], dict[str, str]] = ContactRecord.custom.deserialize
_MOMENT: Callable[[str], datetime] = ContactRecord.erased_at.deserialize
_FILLED_IN = {"first_name", "last_name", "email", "custom"}
_ALWAYS = {
    "sk", "phone", "subject", "line_type", "zone", "compliance_state", "groups", "erased_at",
}  # fmt: skip
_COMPLIANCE = {state.value: Compliance(state=state) for state in ComplianceState}
_MARKS = {Channel.SMS: "sms_mark", Channel.VOICE: "voice_mark"}


def recipients(
    account_id: str, contact_ids: Iterable[str], channel: Channel, variables: Iterable[str]
) -> dict[str, Recipient]:
    """Read what has to be known of many contacts, eventually consistent; who is gone is left out.

    Only the channel's mark, and what the text's variables name (`first_name`, `custom.city`), are
    read: the rest is empty.
    """
    mark = _MARKS[channel]
    named = _FILLED_IN.intersection(name.partition(".")[0] for name in variables)
    keys = [contact_key(account_id, contact_id) for contact_id in contact_ids]
    found = (
        _recipient(account_id, item, channel, mark)
        for item in batch_get_parts(ContactRecord, keys, {*_ALWAYS, mark, *named})
    )
    return {one.id: one for one in found}


def groups_of(account_id: str, contact_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """Say which groups many contacts are in, eventually consistent; who is gone is left out."""
    keys = [contact_key(account_id, contact_id) for contact_id in contact_ids]
    return {
        text(item, "sk"): _groups(item)
        for item in batch_get_parts(ContactRecord, keys, ("sk", "groups"))
    }


def _groups(item: Item) -> frozenset[str]:
    return frozenset(item["groups"]["SS"]) if "groups" in item else frozenset()


def _recipient(account_id: str, item: Item, channel: Channel, mark: str) -> Recipient:
    custom, erased_at = text(item, "custom"), text(item, "erased_at")
    return Recipient(
        id=text(item, "sk"),
        account_id=account_id,
        phone=text(item, "phone"),
        subject=text(item, "subject"),
        first_name=text(item, "first_name"),
        last_name=text(item, "last_name"),
        email=text(item, "email"),
        custom=_CUSTOM(custom) if custom else {},
        line_type=text(item, "line_type"),
        zone=text(item, "zone"),
        marks={channel: Status(text(item, mark) or Status.NONE)},
        compliance=_COMPLIANCE[text(item, "compliance_state")],
        groups=_groups(item),
        erased_at=_MOMENT(erased_at) if erased_at else None,
    )
