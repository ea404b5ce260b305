"""How an integration fares, and what may keep leads from arriving."""

from datetime import timedelta

import pytest

from assent.integrations.health import store
from assent.integrations.health.hints import hints
from assent.integrations.health.tally import Tally
from assent.integrations.model import Health, IntegrationState
from assent.platform.errors import AssentError, Invalid
from tests.calls import recorded
from tests.fakes import ANN, BOB, CALLER, World

BODY = {"first_name": "Ann", "last_name": "Lee", "phone": ANN}


def codes(world: World, health: Health | None = None, *, registered: bool = True) -> list[str]:
    integration = world.integrations.get(world.a.id, world.integration.id)
    found = hints(
        integration, health or world.health(), world.clock.now(), sender_registered=registered
    )
    return [one.code for one in found]


def test_the_last_fourteen_days_are_shown_one_by_one(world: World) -> None:
    """Q12: those without anything too; in UTC."""
    world.lead()
    world.clock.advance(days=2)
    world.text("STOP", BOB)
    world.lead(BOB)
    with pytest.raises(AssentError):
        world.ingest.from_api(world.api_key, BODY | {"phone": "555"}, CALLER)
    health = world.health()
    assert len(health.days) == 14
    assert [one.day for one in health.days] == sorted(one.day for one in health.days)
    assert health.days[-1].day == world.clock.now().date()
    assert [(d.leads, d.refused, d.listed) for d in health.days[-3:]] == [
        (1, 0, 0),
        (0, 0, 0),
        (0, 1, 1),
    ]
    assert (health.refusals, health.listed) == ({"phone": 1}, 1)
    world.clock.advance(days=30)
    later = world.health()
    assert {(d.leads, d.refused, d.listed) for d in later.days} == {(0, 0, 0)}
    assert later.refusals == {"phone": 1}


def test_leads_that_come_fast_are_counted_in_tens(world: World) -> None:
    """Q12: no item grows hot; what comes slowly is counted at once."""
    tally = Tally()
    with recorded() as calls:
        for _ in range(25):
            tally.came(world.integration, world.clock.now())
    assert world.health().days[-1].leads == 21
    assert len(calls) == 6
    world.clock.advance(seconds=60)
    tally.came(world.integration, world.clock.now())
    assert world.health().days[-1].leads == 26


def test_nothing_is_said_when_all_is_well(world: World) -> None:
    """Q12."""
    world.lead()
    assert codes(world) == []


def test_why_no_leads_arrive(world: World) -> None:
    """Q12: each cause in plain words."""
    assert codes(world) == ["never"]
    assert codes(world, registered=False) == ["sender_not_registered", "never"]
    world.integrations.change(world.a.id, world.integration.id, state=IntegrationState.PAUSED)
    assert codes(world)[0] == "paused"
    with pytest.raises(AssentError):
        world.ingest.from_api(world.api_key, BODY, CALLER)
    assert codes(world) == ["paused", "refused_while_paused", "never"]
    world.integrations.change(world.a.id, world.integration.id, state=IntegrationState.INACTIVE)
    assert codes(world)[0] == "inactive"
    world.integrations.change(world.a.id, world.integration.id, state=IntegrationState.ACTIVE)
    world.clock.advance(seconds=10)
    world.lead()
    assert codes(world) == []
    world.clock.advance(days=3)
    assert codes(world) == ["quiet"]


def test_a_form_that_sends_no_tick_is_named(world: World) -> None:
    """Q12, Q3: the field that is refused most."""
    for _ in range(3):
        with pytest.raises(AssentError):
            world.ingest.from_form(world.integration.form_key, BODY, CALLER)
    integration = world.integrations.get(world.a.id, world.integration.id)
    found = hints(integration, world.health(), world.clock.now(), sender_registered=True)
    assert [one.code for one in found] == ["fields_refused", "never"]
    assert "consent=yes" in found[0].text
    assert (found[0].field, found[0].count) == ("consent", 3)


@pytest.mark.parametrize(
    ("leads", "begins"), [(1, "1 lead in 14 days came from a number"), (2, "2 leads in 14 days")]
)
def test_leads_of_listed_numbers_are_counted_in_words(
    world: World, leads: int, begins: str
) -> None:
    """Q12: one is one, and the number goes with the words for other languages."""
    world.text("STOP", BOB)
    for _ in range(leads):
        world.lead(BOB)
    integration = world.integrations.get(world.a.id, world.integration.id)
    found = hints(integration, world.health(), world.clock.now(), sender_registered=True)
    [said] = [one for one in found if one.code == "listed"]
    assert said.text.startswith(begins)
    assert said.count == leads


def test_nothing_is_kept_of_a_bad_lead_but_which_field_was_refused(world: World) -> None:
    """Q3: all bad fields in one answer; a name that somebody made up is not kept either."""
    bad = {"first_name": " ", "phone": "12", "email": "x", "+12125550123": "y", "z" * 3000: "1"}
    with pytest.raises(Invalid) as refused:
        world.ingest.from_api(world.api_key, bad, CALLER)
    named = {problem.field for problem in refused.value.fields}
    assert named == {"first_name", "last_name", "phone", "email", "+12125550123", "z" * 3000}
    counted = {"first_name": 1, "last_name": 1, "phone": 1, "email": 1, "unknown": 1}
    assert world.health().refusals == counted
    assert world.queue.sent == []
    assert codes(world) == ["fields_refused", "never"]


def test_three_fields_are_enough_for_the_api_and_the_form_needs_the_tick(world: World) -> None:
    """Q3."""
    world.ingest.from_api(world.api_key, BODY, CALLER)
    with pytest.raises(Invalid) as refused:
        world.ingest.from_form(world.integration.form_key, BODY, CALLER)
    assert [problem.field for problem in refused.value.fields] == ["consent"]
    for left_out in BODY:
        fields = {name: value for name, value in BODY.items() if name != left_out}
        with pytest.raises(Invalid) as refused:
            world.ingest.from_api(world.api_key, fields, CALLER)
        assert [problem.field for problem in refused.value.fields] == [left_out]
    assert len(world.queue.sent) == 1


def test_what_came_right_since_is_not_said_any_more(world: World) -> None:
    """Q12."""
    at = world.clock.now()
    store.note_error(world.a.id, world.integration.id, "origin_not_allowed", at)
    assert codes(world)[0] == "origin_not_allowed"
    wrong = world.health()
    right = wrong.model_copy(update={"last_lead_at": at + timedelta(minutes=1)})
    assert codes(world, right) == []
    old = wrong.model_copy(update={"last_error_at": at - timedelta(days=8)})
    assert codes(world, old) == ["never"]


def test_leads_from_listed_numbers_are_told(world: World) -> None:
    """Q12, O10."""
    world.text("STOP")
    world.lead()
    assert codes(world) == ["listed", "never"]
