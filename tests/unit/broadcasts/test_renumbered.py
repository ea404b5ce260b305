"""A broadcast on its way, and a contact whose number is changed meanwhile."""

import pytest

from assent.broadcasts.model import PlanBroadcast, SendChunk
from assent.broadcasts.why import why
from assent.contacts import store as contacts
from tests.unit.broadcasts.desk import Desk
from tests.unit.contacts.profiles import Profiles


@pytest.mark.parametrize("stale", [False, True], ids=["fresh", "stale"])
def test_neither_the_old_number_nor_the_new_one_gets_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, stale: bool
) -> None:
    """C11, S6: also when the worker reads the contact as it was: consent is read after that."""
    group = desk.world.group()
    contact = desk.person(group)
    started = desk.start(group)
    [plan] = desk.queue.take(PlanBroadcast)
    desk.handle(plan)
    [chunk] = desk.queue.take(SendChunk)
    Profiles(desk.world).edit(contact, phone="+12125550104")
    if stale:
        monkeypatch.setattr(contacts, "contacts", lambda *_: {contact.id: contact})
    desk.handle(chunk)
    assert desk.world.provider.sent == []
    report = desk.report(started)
    assert (report.planned, report.sent, report.excluded) == (1, 0, {"no_consent": 1})
    assert why(started.account_id, started.id, contact.id).reason == "no_consent"


def test_a_broadcast_planned_after_it_leaves_the_contact_out(desk: Desk) -> None:
    """C11, B3: the membership has followed, without a channel; the dry run names it."""
    group = desk.world.group()
    contact = desk.person(group)
    Profiles(desk.world).edit(contact, phone="+12125550104")
    started = desk.send(group)
    assert desk.world.provider.sent == []
    assert desk.report(started).sent == 0
