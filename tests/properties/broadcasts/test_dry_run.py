"""What the dry run says of any audience is what the broadcast then does."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.accounts import store as accounts
from assent.broadcasts import dry_run
from assent.broadcasts.dry_run import DryRun
from assent.broadcasts.model import Broadcast, State
from assent.broadcasts.service import Asked
from assent.consent.model import Standing
from assent.contacts import store as contacts
from assent.contacts.groups.service import create_group
from assent.platform import settings as platform_settings
from assent.sms.numbers import LineType
from tests.fakes import World
from tests.unit.broadcasts.desk import Desk

AREAS = ("212", "213", "305", "808", "888", "312")  # one of them is toll-free: many zones


@dataclass
class Person:
    """Somebody in the audience."""

    area: str
    standing: Standing
    left_out: bool
    landline: bool
    named: bool
    before: bool  # got broadcasts today


PEOPLE = st.builds(
    Person,
    area=st.sampled_from(AREAS),
    standing=st.sampled_from([Standing.SUBSCRIBED, Standing.SUBSCRIBED, Standing.NONE]),
    left_out=st.sampled_from([False, False, False, True]),
    landline=st.sampled_from([False, False, False, True]),
    named=st.sampled_from([True, True, True, False]),
    before=st.booleans(),
)


@pytest.fixture
def desk(world: World, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose sender is so fast that no hours close while it sends."""
    monkeypatch.setenv("GROUP_SHARDS", "2")
    platform_settings.current.cache_clear()
    monkeypatch.setattr(dry_run, "_AT_ONCE", 3)
    accounts.replace_sender(world.sender.model_copy(update={"messages_per_second": 1000.0}))
    return Desk(world)


def in_pieces(desk: Desk, made: Broadcast) -> DryRun:
    """Ask until it is complete, a step at a time; the figures add up all the while."""
    cursor = None
    while True:
        left = iter([True, False])
        found = desk.service.dry_run(desk.world.a, made, Asked(cursor=cursor), left.__next__)
        waiting = sum(one.recipients for one in found.waiting)
        assert found.to_be_sent == found.at_once + waiting
        assert found.total == found.to_be_sent + sum(found.excluded.values())
        cursor = found.cursor
        if found.complete:
            return found


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    people=st.lists(PEOPLE, max_size=8),
    hour=st.integers(0, 23),
    choices=st.fixed_dictionaries(
        {
            "quiet_hours": st.sampled_from(["defer", "drop", "exempt"]),
            "caps": st.sampled_from(["defer", "drop", "exempt"]),
        }
    ),
)
def test_a_dry_run_says_what_the_report_will(
    desk: Desk, people: list[Person], hour: int, choices: dict[str, str]
) -> None:
    """B3, B4: the sums are exact, in pieces as at once, and every exclusion is the report's."""
    # Earlier examples are long over: no cap looks back so far.
    desk.clock.at = desk.clock.at.replace(hour=17) + timedelta(days=7)
    tag = desk.clock.now().isoformat()
    account = desk.world.a
    chosen, minus, earlier = (create_group(account, f"{tag} {n}", desk.clock) for n in range(3))
    for one in people:
        made = desk.person(
            chosen,
            *([minus] if one.left_out else []),
            *([earlier] if one.before else []),
            standing=one.standing,
            first_name="Ann" if one.named else "",
            phone=f"+1{one.area}556{desk._people % 10_000:04}",
        )
        if one.landline:
            contacts.set_line_type(made.account_id, made.id, LineType.fixed_line)
    for _ in range(3):
        wanted = desk.wanted(earlier, quiet_hours="exempt", caps="exempt")
        desk.begin(desk.drafts.create(account, wanted, by="Olga"))
        desk.run()
    desk.clock.at = desk.clock.at.replace(hour=hour, minute=7) + timedelta(hours=hour < 18 and 24)
    text = "Harbor Alerts: hello {{ first_name }}."
    wanted = desk.wanted(chosen, minus=(minus,), text=text, **choices)
    draft = desk.drafts.create(account, wanted, by="Olga")
    said = in_pieces(desk, draft)
    now = desk.clock.now()
    assert desk.service.dry_run(account, draft, Asked(), lambda: True) == said

    desk.begin(draft)
    desk.run(until=now + timedelta(minutes=1))
    assert desk.report(draft).sent == said.at_once
    desk.run()
    report = desk.report(draft)
    assert desk.fresh(draft).state == State.FINISHED
    assert (report.planned, report.sent, report.excluded) == (
        said.total,
        said.to_be_sent,
        said.excluded,
    )
