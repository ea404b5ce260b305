"""S7: the gates that a contact's copy came to, in order, with what was stored of each."""

from datetime import timedelta

import pytest

from assent.broadcasts.checkpoints import GateName, GateSeen, before, way
from assent.broadcasts.exclusions import store as exclusions
from assent.broadcasts.explanations.passages import Sent
from assent.broadcasts.explanations.why import why
from assent.broadcasts.model import Broadcast, PlanBroadcast
from assent.broadcasts.results import CLOSES, Exclusion
from assent.consent.model import Channel, Standing
from assent.contacts.model import Contact
from assent.messaging.model import MessageState
from assent.messaging.providers.base import Refused, Unanswered
from assent.messaging.providers.twilio import CAUSES
from tests.unit.broadcasts.desk import Desk

ALL = [name for name in GateName if name not in (GateName.LOCAL_TIME, GateName.MEMBERSHIP)]
IN_FLORIDA = "+14075550190"
TO_THE_OPT_OUT = ALL[: ALL.index(GateName.OPT_OUT)]


def gates(desk: Desk, done: Broadcast, contact: Contact) -> list[GateSeen]:
    return why(done.account_id, done.id, contact.id, desk.clock).gates


def names(found: list[GateSeen], *, passed: bool | None = True) -> list[GateName]:
    return [one.name for one in found if one.passed is passed]


def saw(found: list[GateSeen], name: GateName) -> dict[str, str]:
    [one] = [gate for gate in found if gate.name == name]
    return one.evidence


def forget_what_was_passed(done: Broadcast, contact: Contact) -> None:
    """Leave an exclusion as it was written before the gates before it were kept."""
    kept = exclusions.excluded(done.id, contact.id)
    assert kept is not None
    exclusions.put_excluded(done.id, [kept.model_copy(update={"passed": None})])


def test_a_delivered_copy_passed_every_gate_and_each_says_what_is_stored_of_it(desk: Desk) -> None:
    """S7, S0: the consent by the lead's event, the hours by the rules then, the text as it was."""
    contact = desk.world.member()
    agreed = desk.world.consent().agreement(desk.world.sender.id, Channel.SMS).effective_at
    done = desk.send(desk.world.group())
    desk.handle(desk.receipt_for(done, contact, MessageState.DELIVERED))
    found = gates(desk, done, contact)
    assert names(found) == ALL
    assert agreed is not None
    assert saw(found, GateName.CONSENT) == {
        "standing": "subscribed",
        "event": "lead_received",
        "effective_at": agreed.isoformat(),
        "source": "API",
    }
    assert saw(found, GateName.QUIET_HOURS)["place"] == "NY"
    assert saw(found, GateName.CAP) == {"cap": "none"}
    assert saw(found, GateName.TEXT)["body"].startswith("Harbor Alerts: hello ")
    assert saw(found, GateName.OPT_OUT)["on_record"] == "none"
    assert saw(found, GateName.PROVIDER)["provider_message_id"] == "SM1"


def test_years_later_the_gates_say_the_same(desk: Desk) -> None:
    """S7: an opt-out and more broadcasts since do not change what was passed then."""
    contact = desk.world.member()
    group = desk.world.group()
    done = desk.send(group)
    then = gates(desk, done, contact)
    desk.clock.at += timedelta(hours=1)
    desk.send(group)
    desk.world.text("STOP")
    desk.clock.at += timedelta(days=3 * 365)
    assert gates(desk, done, contact) == then


def test_the_cap_counts_what_had_been_sent_by_then_and_no_more(desk: Desk) -> None:
    """S7, B4: Florida allows three in a day."""
    contact = desk.world.member(IN_FLORIDA)
    group = desk.world.group()
    first, second = desk.send(group), desk.send(group)
    assert saw(gates(desk, first, contact), GateName.CAP)["had"] == "0"
    seen = saw(gates(desk, second, contact), GateName.CAP)
    assert (seen["had"], seen["cap"]) == ("1", "3 in 24 h")


def test_who_came_back_is_told_with_both_times(desk: Desk) -> None:
    """S7: an opt-out that was lifted before the send does not stand, and is named."""
    contact = desk.world.member()
    desk.world.text("STOP")
    stopped = desk.clock.now()
    desk.clock.at += timedelta(minutes=5)
    desk.world.text("START")
    came_back = desk.clock.now()
    group = desk.world.group("Others")
    desk.join(contact, group)
    seen = saw(gates(desk, desk.send(group), contact), GateName.OPT_OUT)
    assert seen["on_record"] == "lifted"
    assert seen["effective_at"] == stopped.isoformat()
    assert seen["lifted_at"] == came_back.isoformat()


def test_what_nobody_stored_is_not_made_up(desk: Desk) -> None:
    """S7: without the consent's event in the ledger its gate was passed, and says no more."""
    group = desk.world.group()
    contact = desk.person(group)
    found = gates(desk, desk.send(group), contact)
    assert names(found) == ALL
    for name in (GateName.CONSENT, GateName.QUIET_HOURS, GateName.CAP, GateName.OPT_OUT):
        assert saw(found, name) == {}


def test_a_zone_that_may_be_newer_says_nothing_of_the_hours_then(desk: Desk) -> None:
    """S7: a contact's own zone is not kept with the copy; the consent is in the ledger."""
    contact = desk.world.member()
    done = desk.send(desk.world.group())
    moved = contact.model_copy(update={"zone": "America/Denver"})
    provider = GateSeen(name=GateName.PROVIDER, passed=True, evidence={})
    found = Sent(done, moved, desk.clock.now(), "Hello.").gates(provider)
    assert names(found) == ALL
    assert saw(found, GateName.CONSENT)["event"] == "lead_received"
    assert (saw(found, GateName.QUIET_HOURS), saw(found, GateName.CAP)) == ({}, {})


@pytest.mark.parametrize(
    ("raised", "passed"),
    [(Unanswered("timeout"), None), (Refused("21211", CAUSES["21211"], retry=False), False)],
)
def test_the_provider_is_the_gate_that_a_failed_copy_came_to(
    desk: Desk,
    raised: Exception,
    passed: bool | None,
) -> None:
    """S7, B6."""
    group = desk.world.group()
    contact = desk.person(group)
    desk.world.provider.fails[contact.phone] = raised
    found = gates(desk, desk.send(group), contact)
    assert names(found) == ALL[:-1]
    assert found[-1].name == GateName.PROVIDER
    assert found[-1].passed is passed


def test_who_stopped_before_the_plan_had_passed_the_group_and_the_sender(desk: Desk) -> None:
    """S7: the plan asks the policy's gates in its own order, and keeps what each saw."""
    contact = desk.world.member()
    group = desk.world.group()
    desk.world.text("STOP")
    found = gates(desk, desk.send(group), contact)
    assert names(found) == [GateName.AUDIENCE, GateName.SENDER]
    assert saw(found, GateName.AUDIENCE) == {"group": group.id}
    assert saw(found, GateName.SENDER) == {"registered": "True"}
    assert names(found, passed=False) == [GateName.OPT_OUT]
    assert saw(found, GateName.OPT_OUT)["source"] == "Keyword"


def test_who_stopped_after_the_plan_had_passed_all_but_the_last_look(desk: Desk) -> None:
    """S7, S6: hours, cap and text were passed; the read after the claim closed."""
    contact = desk.world.member()
    group = desk.world.group()
    started = desk.start(group)
    [command] = desk.queue.take(PlanBroadcast)
    desk.handle(command)
    desk.world.text("STOP")
    desk.run()
    found = gates(desk, started, contact)
    assert names(found) == TO_THE_OPT_OUT
    assert names(found, passed=False) == [GateName.OPT_OUT]
    assert saw(found, GateName.AUDIENCE) == {"groups": group.id}
    assert saw(found, GateName.CAP) == {"cap": "none"}
    forget_what_was_passed(started, contact)
    found = gates(desk, started, contact)
    assert names(found) == [GateName.AUDIENCE]
    assert names(found, passed=False) == [GateName.OPT_OUT]


def test_who_lacks_what_the_text_says_had_passed_hours_and_cap(desk: Desk) -> None:
    """S7: what they saw is kept from the moment at which they were asked."""
    group = desk.world.group()
    contact = desk.person(group, first_name="")
    done = desk.send(group, text="Harbor Alerts: hi {{ first_name }}")
    found = gates(desk, done, contact)
    assert names(found) == ALL[: ALL.index(GateName.TEXT)]
    assert saw(found, GateName.QUIET_HOURS)["place"] == "NY"
    assert saw(found, GateName.TEXT)["variable"] == "first_name"
    forget_what_was_passed(done, contact)
    found = gates(desk, done, contact)
    assert names(found) == ALL[: ALL.index(GateName.TEXT)]
    assert saw(found, GateName.QUIET_HOURS) == {}


def test_without_consent_only_the_gates_before_it_were_passed(desk: Desk) -> None:
    """S7, S0."""
    group = desk.world.group()
    contact = desk.person(group, standing=Standing.NONE)
    found = gates(desk, desk.send(group), contact)
    assert names(found) == [GateName.AUDIENCE, GateName.SENDER, GateName.OPT_OUT]
    assert names(found, passed=False) == [GateName.CONSENT]


def test_who_is_in_no_chosen_group_came_to_the_first_gate_only(desk: Desk) -> None:
    """S7."""
    contact = desk.person(desk.world.group("Other"))
    [gate] = gates(desk, desk.send(desk.world.group("News")), contact)
    assert (gate.name, gate.passed) == (GateName.AUDIENCE, False)


def test_before_anything_was_decided_no_gate_is_claimed_to_be_passed(desk: Desk) -> None:
    """S7."""
    group = desk.world.group()
    contact = desk.person(group)
    assert gates(desk, desk.draft(group), contact) == []


def test_every_exclusion_of_a_contact_has_its_gate() -> None:
    """S7: all but those by which nobody looked at the contact itself."""
    without = {Exclusion.PLANNED_TWICE, Exclusion.CANCELLED, Exclusion.OTHER}
    assert CLOSES.keys() == set(Exclusion) - without


def test_the_way_is_that_of_the_channel_and_of_the_time() -> None:
    """S7: calls are not asked for a line that gets texts; local times are asked where chosen."""
    assert list(way(Channel.SMS, local=False)) == ALL
    assert GateName.LINE not in way(Channel.VOICE, local=True)
    assert before(GateName.CONSENT, way(Channel.VOICE, local=True)) == [
        GateName.AUDIENCE,
        GateName.CONTACT,
    ]
