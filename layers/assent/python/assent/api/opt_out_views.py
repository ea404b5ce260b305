"""Lines of the opt-out list as the API shows them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from assent.accounts.model import Account
from assent.api.context import services
from assent.api.status import scope_of, way_back_of, who
from assent.consent import store as consent
from assent.consent.model import Channel, Source
from assent.contacts import store as contacts_store
from assent.contacts.opt_outs import Listed


class OptOutView(BaseModel):
    """A line of the opt-out list."""

    id: str
    phone: str  # empty when the person was erased
    contact_id: str | None
    contact_name: str
    sender_id: str
    sender_address: str
    channel: Channel
    kind: Literal["soft", "hard"]
    source: Source
    scope: str
    at: datetime
    recorded_at: datetime
    by: str
    reason: str
    removable: bool
    way_back: str


def views(account: Account, found: Iterable[Listed]) -> list[OptOutView]:
    """Show lines with the account's own contacts; an erased person's number is not shown."""
    listed = list(found)
    known = consent.consents(account.id, {one.subject for one in listed})
    ids = {one.subject: one.contact_id for one in known.values()}
    people = contacts_store.contacts(account.id, {one for one in ids.values() if one})
    senders = {one.id: one for one in services().accounts.senders_of(account.id)}
    shown = []
    for one in listed:
        person = people.get(ids.get(one.subject) or "")
        sender = senders[one.sender_id]
        record = known.get(one.subject)
        forgotten = record and record.contact_id is None and not record.deleted
        shown.append(
            OptOutView(
                id=one.id,
                phone="" if forgotten else one.phone,
                contact_id=person.id if person else None,
                contact_name=f"{person.first_name} {person.last_name}".strip() if person else "",
                sender_id=sender.id,
                sender_address=sender.address,
                channel=one.channel,
                kind=one.kind,
                source=one.entry.source,
                scope=scope_of(one),
                at=one.entry.effective_at,
                recorded_at=one.entry.recorded_at,
                **who(one),
                removable=one.removable,
                way_back=way_back_of(one, sender),
            )
        )
    return shown
