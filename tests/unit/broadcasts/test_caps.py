"""Frequency caps when broadcasts reach a contact at the same moment."""

from datetime import timedelta
from typing import Any

import pytest

from assent.broadcasts import gates, others
from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.model import Broadcast, SendChunk
from assent.broadcasts.results import Report
from assent.messaging import store as messages
from assent.messaging.claims import store as claims
from tests.unit.broadcasts.desk import Desk

FLORIDA = "+13055550123"  # three in 24 hours


def both(desk: Desk, before: int) -> list[SendChunk]:
    """Let two broadcasts go to somebody who got so many before; returns what is let go of both."""
    group = desk.world.group()
    desk.person(group, phone=FLORIDA)
    for _ in range(before):
        desk.send(group)
    return [chunk for _ in range(2) for chunk in (desk.start(group), desk.chunks())[1]]


@pytest.mark.parametrize("met", ["claim_all", "recently_sent"])
def test_two_at_the_same_moment_do_not_pass_the_cap_together(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, met: str
) -> None:
    """B4: the other is read, claimed and sent between this one's look and its claim, or after it.

    Whoever gives way is looked at again two minutes later, and goes when the cap allows it.
    """
    one, other = both(desk, before=2)
    where = claims if met == "claim_all" else messages
    whole = getattr(where, met)

    def interrupted(*given: object, **more: object) -> object:
        if met == "claim_all" or more.get("beside"):
            monkeypatch.setattr(where, met, whole)
            desk.handle(other)
        return whole(*given, **more)

    monkeypatch.setattr(where, met, interrupted)
    desk.handle(one)
    today = desk.clock.now()
    assert getattr(where, met) is whole
    assert len(desk.world.provider.texts_to(FLORIDA)) <= 3
    desk.run(until=today.replace(hour=today.hour + 2))
    assert len(desk.world.provider.texts_to(FLORIDA)) == 3
    desk.run()
    assert len(desk.world.provider.texts_to(FLORIDA)) == 4
    reports = [desk.report(desk.service.get(c.account_id, c.broadcast_id)) for c in (one, other)]
    assert reports == [Report(planned=1, sent=1)] * 2


def test_who_is_far_from_the_cap_costs_no_second_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B4: nobody was sent anything yet, so three may go at once."""
    looks: list[object] = []

    def look(*given: object) -> bool:
        looks.append(given)
        return True

    monkeypatch.setattr(gates.Gates, "has_room", look)
    for chunk in both(desk, before=0):
        desk.handle(chunk)
    assert len(desk.world.provider.texts_to(FLORIDA)) == 2
    assert len(looks) == 1  # after the first of them, the second is nearer


@pytest.mark.parametrize("number", [4, 6])
def test_however_many_claim_a_contact_in_one_moment_they_keep_its_cap(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """B4: each has looked before any of them claims, and found nothing."""
    group = desk.world.group()
    desk.person(group, phone=FLORIDA)
    chunks = [chunk for _ in range(number) for chunk in (desk.start(group), desk.chunks())[1]]
    assert len(chunks) == number
    desk.clock.at = max(chunk.at or desk.clock.at for chunk in chunks)
    whole = claims.claim_all

    def claim_all(*given: Any) -> object:  # noqa: ANN401 -- whatever the claims are given
        if chunks:
            desk.handle(chunks.pop())  # comes to its own claim, with the others before it
        return whole(*given)

    monkeypatch.setattr(claims, "claim_all", claim_all)
    desk.handle(chunks.pop())
    assert chunks == []
    assert len(desk.world.provider.texts_to(FLORIDA)) <= 3
    today = desk.clock.now()
    desk.run(until=today.replace(hour=today.hour + 2))
    assert len(desk.world.provider.texts_to(FLORIDA)) == 3


def test_other_broadcasts_are_looked_up_once_a_visit_and_where_a_cap_asks_for_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B4: what is on its way, or starts within the visit; drafts and what is over do not count."""
    asked: list[str] = []
    whole = definitions.broadcasts

    def broadcasts(account_id: str, after: str | None, limit: int) -> list[Broadcast]:
        asked.append(account_id)
        return whole(account_id, after, limit)

    monkeypatch.setattr(definitions, "broadcasts", broadcasts)
    elsewhere, florida = desk.world.group("Elsewhere"), desk.world.group("Florida")
    desk.people(elsewhere, 3)
    for last in range(4):
        desk.person(florida, phone=f"+1305555012{last}")
    now = desk.clock.now()
    desk.draft(florida)
    desk.begin(desk.draft(florida), at=now + timedelta(minutes=1, seconds=50))
    desk.begin(desk.draft(florida), at=now + timedelta(hours=3))
    desk.start(elsewhere)
    [chunk] = desk.chunks()
    desk.handle(chunk)
    assert asked == []
    started = desk.start(florida)
    [chunk] = desk.chunks()
    desk.clock.at = chunk.at or desk.clock.at
    desk.handle(chunk)
    assert len(asked) == 1
    # That which is due within two minutes; the one to the others has finished.
    assert others.Others(started).at(now) == 1
