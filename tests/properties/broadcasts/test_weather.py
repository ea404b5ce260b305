"""Whatever happens at once, in whatever order: each law of broadcasts holds, and every sum.

A seed plays the same story again. `STORIES=200 pytest -n auto` on this file plays more of them.
"""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import pytest

from assent.accounts import store as accounts
from assent.broadcasts import fanout, plan
from assent.broadcasts.explanations.why import why
from assent.broadcasts.model import Broadcast, State
from assent.broadcasts.pacing.model import day_of
from assent.broadcasts.results import Exclusion, Outcome
from assent.broadcasts.under_way import CopiesUnderWay
from assent.consent.hours import opens_at, whereabouts
from assent.consent.model import Channel
from assent.contacts import erasure
from assent.contacts.erasure import ErasureService
from assent.contacts.model import Contact, EraseContact
from assent.messaging.forgetting import Conversations
from assent.messaging.model import contact_thread
from assent.platform import settings
from assent.platform.errors import Conflict
from assent.platform.ids import derived_id
from tests.fakes import World
from tests.properties.broadcasts.simulation import LAMBDAS
from tests.properties.broadcasts.weather import Given, Weather, under_weather
from tests.unit.broadcasts.desk import Desk
from tests.unit.contacts.profiles import Profiles

FLORIDA, NEW_YORK, LOS_ANGELES = "+1305555{:04}", "+1212555{:04}", "+1213555{:04}"
RACERS = [FLORIDA] * 2
EVERYWHERE = [*RACERS, FLORIDA, NEW_YORK, NEW_YORK, LOS_ANGELES]
BOTH = frozenset(Channel)
SLICE = 3
MOST_CALLS = 3
CAP, DAY = 3, timedelta(hours=24)
LATE = timedelta(minutes=3)
"""How long after the look at the hours a copy may be given to its provider, by a slow worker."""
STORIES = int(os.environ.get("STORIES") or "1")
RACES = max(1, STORIES // 4)


@dataclass
class Told:
    """One story as it was played."""

    desk: Desk
    weather: Weather
    people: list[Contact]
    made: list[Broadcast]
    daily_cap: int | None


def story(
    world: World, monkeypatch: pytest.MonkeyPatch, seed: int, *, racing: bool = False
) -> Told:
    """Play broadcasts by text and by call, that share a sender, through all that can happen.

    Racing, there are five to two people in Florida at noon, and all that happens is that workers
    end.
    """
    monkeypatch.setenv("GROUP_SHARDS", "2")
    settings.current.cache_clear()
    monkeypatch.setattr(plan, "CHUNK", 4)
    monkeypatch.setattr(fanout, "SLICE", SLICE)
    numbers = iter(range(1_000))
    monkeypatch.setattr(
        "tests.unit.broadcasts.desk.new_id",
        lambda prefix, at: derived_id(prefix, at, f"{seed} {next(numbers)}"),
    )
    desk = Desk(world)
    weather = under_weather(desk, world.provider, seed, monkeypatch)
    chance = weather.chance
    daily_cap = chance.choice([None, None, 6])
    accounts.put_sender(
        world.sender.model_copy(
            update={"messages_per_second": chance.choice([0.04, 1.0, 50.0]), "daily_cap": daily_cap}
        )
    )
    world.accounts.forget_sender(world.sender.id)
    # In the evening some places are closed already, or about to be.
    hour = 17 if racing else chance.choice([1, 4, 15])
    desk.clock.at = desk.clock.at.replace(hour=hour, minute=55)
    group = world.group()
    people = [
        desk.person(group, phone=where.format(100 + at), channels=BOTH)
        for at, where in enumerate(RACERS if racing else EVERYWHERE)
    ]
    made = []
    for _ in range(5 if racing else 3):
        wanted = desk.wanted(
            group,
            channel=chance.choice(["sms", "voice"]),
            quiet_hours=chance.choice(["defer", "drop"]),
            caps=chance.choice(["defer", "defer", "drop"]),
        )
        made.append(desk.begin(desk.drafts.create(world.a, wanted, by="Olga")))
    weather.acts = [] if racing else _acts(desk, weather, people, made)
    weather.play()
    while paused := [one for one in made if desk.fresh(one).state == State.PAUSED]:
        desk.service.resume(paused[0].account_id, paused[0].id)
        weather.steered(paused[0].id, halted=False)
        weather.play()
    return Told(desk, weather, people, [desk.fresh(one) for one in made], daily_cap)


def _acts(
    desk: Desk, weather: Weather, people: list[Contact], made: list[Broadcast]
) -> list[Callable[[], object]]:
    """Draw what people do, in the order from the last to the first."""
    chance = weather.chance

    def steer(act: Callable[..., object], *more: str) -> None:
        one = chance.choice(made)
        try:
            act(one.account_id, one.id, *more)
        except Conflict:
            return  # it is not in a state for that
        weather.steered(one.id, halted=act.__name__ != "resume")

    def renumber() -> None:
        contact = chance.choice(people)
        with suppress(Conflict):  # it was erased
            Profiles(desk.world).edit(
                Profiles(desk.world).read(contact),
                phone=f"+1646555{len(weather.renumbered) + 100:04}",
            )
            weather.renumbered[contact.phone] = weather.step

    def erase() -> None:
        contact = chance.choice(people)
        world, copies = desk.world, CopiesUnderWay()
        erasure.begin(world.a, contact.id, "user", "Olga", world.clock, copies)
        weather.erased[contact_thread(contact.account_id, contact.id)] = weather.step
        rest = EraseContact(
            account_id=contact.account_id, contact_id=contact.id, actor="user", by="Olga"
        )
        ErasureService(world.clock, world.accounts, Conversations(), copies).erase(rest)

    possible: list[Callable[[], object]] = [
        *[partial(steer, desk.service.pause, "Olga")] * 2,
        *[partial(steer, desk.service.resume)] * 2,
        *[lambda: weather.opt_out(chance.choice(people).phone, chance.choice([*Channel]))] * 2,
        renumber,
        erase,
        weather.outage,
    ]
    if chance.random() < 0.2:
        possible.append(partial(steer, desk.service.cancel))
    return chance.choices(possible, k=chance.randrange(6))


def check(told: Told) -> None:
    """Hold the story against every law."""
    weather, given = told.weather, told.weather.given
    assert weather.broken == []
    each = Counter(one.place for one in given)
    assert max(each.values(), default=1) == 1
    calls = Counter((one.phone, one.place.sort.partition("~")[0]) for one in given)
    assert max(calls.values(), default=1) <= MOST_CALLS
    # Each worker ends the copies that it has under way, and sends no more.
    assert max(weather.after_a_halt, default=0) <= SLICE * LAMBDAS
    late = [one for one in given if not _in_hours(one)]
    assert late == []
    first = [one for one in given if not one.again]
    if told.daily_cap:
        assert max(Counter(day_of(one.at) for one in first).values(), default=0) <= told.daily_cap
    for one in told.made:
        _check_report(told, one)


def _in_hours(one: Given) -> bool:
    where = whereabouts(one.phone)
    began = one.at - LATE
    opens = opens_at(where, began)
    return opens is not None and opens <= one.at


def _check_report(told: Told, made: Broadcast) -> None:
    """The report adds up, and says of all what each of them is told."""
    desk = told.desk
    assert made.state in (State.FINISHED, State.CANCELLED)
    report = desk.report(made)
    parts = report.sent + report.failed + report.unknown + sum(report.excluded.values())
    assert report.planned == parts
    assert report.deferred == 0
    asked = [why(made.account_id, made.id, one.id, desk.clock) for one in told.people]
    outcomes = Counter(one.outcome for one in asked)
    assert report.failed == outcomes[Outcome.FAILED]
    assert report.delivered == outcomes[Outcome.DELIVERED]
    assert report.unknown == outcomes[Outcome.UNKNOWN]
    assert report.sent == outcomes[Outcome.SENT] + outcomes[Outcome.DELIVERED]
    assert report.unknown <= SLICE * told.weather.killed
    if made.state == State.FINISHED:
        left_out = Counter(one.reason for one in asked if one.outcome == Outcome.EXCLUDED)
        # Who was erased before it could be chosen is not counted, whether its place was taken.
        gone = report.excluded.get(Exclusion.CONTACT_GONE, 0)
        unplanned = left_out.pop("not_in_audience", 0) + left_out[Exclusion.CONTACT_GONE] - gone
        assert 0 <= unplanned <= len(told.weather.erased)
        assert report.planned == len(told.people) - unplanned
        left_out[Exclusion.CONTACT_GONE] = gone
        assert Counter(report.excluded) == +left_out


def over_the_cap(given: list[Given]) -> int:
    """Count what went to somebody in Florida beyond three within 24 hours."""
    worst = 0
    by_phone: dict[str, list[datetime]] = {}
    for one in given:
        if one.phone.startswith("+1305") and not one.again:
            by_phone.setdefault(one.phone, []).append(one.at)
    for times in by_phone.values():
        for end in times:
            worst = max(worst, sum(end - DAY < at <= end for at in times) - CAP)
    return worst


@pytest.mark.parametrize("seed", range(STORIES))
def test_every_law_holds_in_any_weather(
    world: World, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """B4-B8, S6, S7, C11, P5: broadcasts by text and call, four workers that may end anywhere."""
    check(story(world, monkeypatch, seed + 1))


@pytest.mark.parametrize("seed", range(RACES))
def test_a_cap_is_kept_by_broadcasts_that_race(
    world: World, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """B4: five at once, to people whom nobody sent anything yet."""
    told = story(world, monkeypatch, seed, racing=True)
    check(told)
    assert over_the_cap(told.weather.given) == 0
