"""A broadcast on its way, and a contact whose number is changed meanwhile."""

import pytest

from assent.broadcasts.explanations.why import why
from assent.broadcasts.model import place_of
from assent.broadcasts.plans import store as plans
from assent.consent import store as consent
from assent.messaging import store as messages
from assent.messaging.claims import store as claims
from assent.messaging.providers.base import Credentials, Outgoing, Refused
from assent.messaging.providers.twilio import CAUSES
from tests.unit.broadcasts.desk import Desk
from tests.unit.contacts.profiles import Profiles


def test_neither_the_old_number_nor_the_new_one_gets_it(desk: Desk) -> None:
    """C11, S6: contacts are read by the ten, just before they are sent to, with their marks."""
    group = desk.world.group()
    desk.people(group, 12)
    contact = desk.person(group)
    started = desk.start(group)
    [chunk] = desk.chunks()
    Profiles(desk.world).edit(contact, phone="+12125550104")
    desk.handle(chunk)
    assert {contact.phone, "+12125550104"}.isdisjoint(s.phone for s in desk.world.provider.sent)
    report = desk.report(started)
    assert (report.planned, report.sent, report.excluded) == (13, 12, {"no_consent": 1})
    assert why(started.account_id, started.id, contact.id, desk.clock).reason == "no_consent"


def test_who_is_changed_while_its_chunk_is_under_way_is_read_as_it_is_then(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C11: ten before it were sent to already."""
    group = desk.world.group()
    people = [desk.person(group) for _ in range(15)]
    started = desk.start(group)
    [chunk] = desk.chunks()
    take = desk.world.provider.send
    edited: list[str] = []

    def send(credentials: Credentials, outgoing: Outgoing) -> str:
        if not edited:
            kept = plans.found(started.id, chunk.chunk).members
            last = next(one for one in people if one.id == kept[-1])
            edited.append(last.phone)
            Profiles(desk.world).edit(last, phone="+12125550104")
        return take(credentials, outgoing)

    monkeypatch.setattr(desk.world.provider, "send", send)
    desk.handle(chunk)
    assert set(edited).isdisjoint(sent.phone for sent in desk.world.provider.sent)
    assert len(desk.world.provider.sent) == 14


def test_a_broadcast_planned_after_it_leaves_the_contact_out(desk: Desk) -> None:
    """C11, B3: the membership has followed, without a channel; the dry run names it."""
    group = desk.world.group()
    contact = desk.person(group)
    Profiles(desk.world).edit(contact, phone="+12125550104")
    started = desk.send(group)
    assert desk.world.provider.sent == []
    assert desk.report(started).sent == 0


@pytest.mark.parametrize("at", range(3))
def test_an_edit_between_two_calls_for_a_copy_stops_it_unless_it_was_claimed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """C11, B6: before the claim nothing goes out; after it, the copy was sent before the edit."""
    group = desk.world.group()
    contact = desk.person(group)
    started = desk.start(group)
    [chunk] = desk.chunks()
    calls: list[str] = []
    steps = [
        (claims, "claim_all"),  # the contact was read, the copy is not claimed
        (consent, "opt_outs"),
        (desk.world.provider, "send"),
    ]
    owner, name = steps[at]
    whole = getattr(owner, name)

    def interrupted(*given: object, **more: object) -> object:
        if not calls:
            calls.append(name)
            Profiles(desk.world).edit(contact, phone="+12125550104")
        return whole(*given, **more)

    monkeypatch.setattr(owner, name, interrupted)
    desk.handle(chunk)
    assert calls
    sent = [one.phone for one in desk.world.provider.sent]
    assert sent == ([] if at == 0 else [contact.phone])
    report = desk.report(started)
    assert (report.sent, report.excluded) == ((0, {"no_consent": 1}) if at == 0 else (1, {}))
    answer = why(started.account_id, started.id, contact.id, desk.clock)
    assert at or answer.evidence["because"] == "number_changed"


def test_a_copy_that_the_provider_was_too_busy_for_does_not_go_to_the_old_number(
    desk: Desk,
) -> None:
    """C11: its claim was given back, so the edit takes its place."""
    group = desk.world.group()
    contact = desk.person(group)
    busy = Refused("429", CAUSES["30008"], retry=True)
    desk.world.provider.fails[contact.phone] = busy
    started = desk.start(group)
    [chunk] = desk.chunks()
    assert desk.handle(chunk) == "busy"
    Profiles(desk.world).edit(contact, phone="+12125550104")
    desk.world.provider.fails.clear()
    desk.run()
    assert desk.world.provider.sent == []
    assert desk.report(started).excluded == {"no_consent": 1}


def test_a_broadcast_that_the_contact_has_no_part_in_leaves_no_trace(desk: Desk) -> None:
    """S7: nothing says that it was to be sent this, and was not."""
    group, other = desk.world.group(), desk.world.group("Others")
    desk.person(group)
    contact = desk.person(other)
    made = desk.start(group)
    desk.chunks()  # it is planned now, and on its way
    started = desk.fresh(made)
    Profiles(desk.world).edit(contact, phone="+12125550104")
    assert messages.row(place_of(started, contact.id)) is None
    answer = why(started.account_id, started.id, contact.id, desk.clock)
    assert answer.reason == "not_in_audience"
