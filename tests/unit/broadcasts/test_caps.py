"""Frequency caps when broadcasts reach a contact at the same moment."""

import pytest

from assent.broadcasts import gates
from assent.broadcasts.model import SendChunk
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
