"""Opting contacts out by the thousand: each as one by one, and each on record."""

import pytest

from assent.accounts import store as accounts
from assent.accounts.model import Sender, sender_id
from assent.broadcasts.under_way import CopiesUnderWay
from assent.consent import store as consent
from assent.consent.chains import store as chain_store
from assent.consent.listing import store as listing_store
from assent.consent.model import Channel, EventType, Kind, Source, Status, Suppression
from assent.contacts import erasure
from assent.contacts.bulk import opting_out, steps
from assent.contacts.bulk.model import Action, JobState, OptOutTerms
from assent.contacts.directory.model import Filter, OptedOut
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import EndedBy
from assent.contacts.model import Contact, QueueState
from assent.contacts.opt_outs import OptOutService, Wanted
from assent.platform.errors import Conflict
from tests.calls import Call, Died, each_call, ignore
from tests.fakes import World
from tests.unit.contacts.bulk.desk import OLGA, Desk, ids
from tests.unit.contacts.test_queue import before_the_next_transaction

BOTH = (Channel.SMS, Channel.VOICE)
SOFT = OptOutTerms(channels=(Channel.SMS,), reason="They moved away.")
HARD = OptOutTerms(kind=Kind.HARD, channels=BOTH, reason="They called us.")


@pytest.fixture
def desk(world: World, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(steps, "STEP", 4)
    return Desk(world)


def opted_out(desk: Desk, contact: Contact, channel: Channel = Channel.SMS) -> Suppression | None:
    known = consent.opt_out(desk.world.sender.id, desk.read(contact).subject)
    entry = known.opted_out(channel, desk.world.a.id)
    return entry.suppression if entry else None


def events(desk: Desk, contact: Contact) -> list[EventType]:
    chain = chain_store.events(desk.world.sender.id, contact.subject)
    return [event.type for event in chain]


def second_sender(world: World, number: int = 1) -> str:
    address = f"+1888555{number:04}"
    made = world.sender.model_copy(update={"id": sender_id(address), "address": address})
    accounts.put_sender(Sender(**made.model_dump()))
    accounts.share(made.id, world.a.id)
    world.accounts.forget_sender(made.id)
    world.clock.advance(seconds=11)
    return made.id


def test_all_that_match_are_opted_out_each_with_an_event_of_its_own(desk: Desk) -> None:
    """O3, O9, P1: as a user does it for one: who, why, for this account alone."""
    people = desk.people(9)
    done = desk.done(desk.begin(Action.OPT_OUT, all_of=Filter(), opt_out=HARD), twice=True)
    assert (done.state, desk.counts(done)) == (JobState.FINISHED, (9, 0, 0))
    for one in people:
        assert [opted_out(desk, one, channel) for channel in BOTH] == [Suppression.HARD] * 2
        [event] = chain_store.events(desk.world.sender.id, one.subject)
        assert (event.type, event.source) == (EventType.OPTED_OUT_ON_REQUEST, Source.ADMIN)
        assert (event.scope, event.actor) == (desk.world.a.id, OLGA.user_id)
        assert event.evidence == {"user": OLGA.name, "reason": "They called us."}
        assert desk.read(one).mark(Channel.VOICE) == Status.HARD_OPT_OUT
    assert len(listing_store.listed(desk.world.a.id)) == 18
    other = consent.opt_out(desk.world.sender.id, people[0].subject)
    assert other.opted_out(Channel.SMS, desk.world.b.id) is None


def test_channels_leave_groups_and_leads_leave_the_queue(desk: Desk) -> None:
    """O4, Q9."""
    member, lead = desk.world.member(), desk.person(queued=True)
    job = desk.begin(Action.OPT_OUT, [member.id, lead.id], opt_out=SOFT)
    desk.done(job)
    [membership] = member_store.memberships(desk.world.a.id, desk.read(member))
    assert Channel.SMS not in membership.channels
    assert membership.ended[Channel.SMS].why == EndedBy.SOFT
    assert desk.read(lead).queue.state == QueueState.REMOVED
    assert [one for one, _ in desk.world.line(newest_first=False)] == []


def test_who_is_out_already_is_counted_and_who_is_gone_or_erased_is_refused(desk: Desk) -> None:
    """S4, S5: what is hard stays so, what is soft is raised by what the contact asked for."""
    world = desk.world
    soft, hard, gone = desk.people(3)
    service = OptOutService(world.clock, world.accounts, world.pseudonyms)
    for one, kind in ((soft, Kind.SOFT), (hard, Kind.HARD)):
        by_hand = Wanted(kind, [Channel.SMS], Source.ADMIN, "user", "Olga")
        service.add_many(world.a, [one.phone], by_hand)
    erasure.begin(world.a, gone.id, "user", "Olga", world.clock, CopiesUnderWay())
    these = [soft.id, hard.id, gone.id, "ct_x"]
    first = desk.done(desk.begin(Action.OPT_OUT, these, opt_out=SOFT))
    assert desk.counts(first) == (0, 2, 2)
    assert desk.refused(first) == {gone.id: "contact_erased", "ct_x": "unknown_contact"}
    hardened = OptOutTerms(kind=Kind.HARD, channels=(Channel.SMS,))
    second = desk.done(desk.begin(Action.OPT_OUT, these[:2], opt_out=hardened))
    assert desk.counts(second) == (1, 1, 0)
    assert opted_out(desk, soft) == Suppression.HARD
    assert events(desk, hard) == [EventType.OPTED_OUT_ON_REQUEST]


def test_a_stop_for_all_accounts_that_came_first_is_on_this_accounts_list(desk: Desk) -> None:
    """O1: it tried to add the number."""
    world = desk.world
    person = desk.person()
    world.text("STOP", person.phone)
    job = desk.done(desk.begin(Action.OPT_OUT, [person.id], opt_out=SOFT))
    assert desk.counts(job) == (0, 1, 0)
    assert any(person.subject in row for row in listing_store.listed(world.a.id))


def test_every_sender_of_the_account_is_covered_however_many_fit_into_a_step(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O9: the senders beyond what one transaction takes as well."""
    others = [second_sender(desk.world, number) for number in (1, 2)]
    people = desk.people(3)
    for room, counted in ((97, (3, 0, 0)), (8, (3, 0, 0))):
        monkeypatch.setattr(opting_out, "_ROOM", room)
        kind = Kind.SOFT if room > 8 else Kind.HARD
        terms = OptOutTerms(kind=kind, channels=BOTH)
        job = desk.done(desk.begin(Action.OPT_OUT, ids(people), opt_out=terms), twice=True)
        assert desk.counts(job) == counted
        for sender in (desk.world.sender.id, *others):
            for one in people:
                known = consent.opt_out(sender, one.subject)
                for channel in BOTH:
                    entry = known.opted_out(channel, desk.world.a.id)
                    assert entry
                    assert entry.suppression.value == kind.value


def test_a_stop_in_the_middle_of_a_step_stands_and_is_not_counted(desk: Desk) -> None:
    """Q11: the step decides again on whom somebody else was at."""
    ann, bob = desk.people(2)
    job = desk.begin(Action.OPT_OUT, ids([ann, bob]), opt_out=SOFT)
    race = before_the_next_transaction(lambda: desk.world.text_only("STOP", ann.phone))
    with each_call(race, ignore):
        desk.work()
    assert desk.counts(job) == (1, 1, 0)
    assert events(desk, ann) == [EventType.STOPPED]
    assert events(desk, bob) == [EventType.OPTED_OUT_BY_USER]


# Taking back


def test_what_was_the_accounts_decision_is_taken_back_with_the_memberships(desk: Desk) -> None:
    """S4, O5: and the list is as it was."""
    member = desk.world.member()
    job = desk.done(desk.begin(Action.OPT_OUT, [member.id], opt_out=SOFT))
    assert job.is_undoable
    undone = desk.done(desk.service.undo(desk.world.a, job, OLGA), twice=True)
    assert desk.counts(undone) == (1, 0, 0)
    assert opted_out(desk, member) is None
    [membership] = member_store.memberships(desk.world.a.id, desk.read(member))
    assert Channel.SMS in membership.channels
    assert desk.read(member).mark(Channel.SMS) == Status.SUBSCRIBED
    assert listing_store.listed(desk.world.a.id) == []
    assert events(desk, member)[-2:] == [
        EventType.OPTED_OUT_BY_USER,
        EventType.OPT_OUT_REVERSED,
    ]


def test_what_contacts_asked_for_is_never_taken_back(desk: Desk) -> None:
    """S5: neither while it runs nor afterwards."""
    person = desk.person()
    job = desk.done(desk.begin(Action.OPT_OUT, [person.id], opt_out=HARD))
    assert not job.is_undoable
    with pytest.raises(Conflict) as refused:
        desk.service.undo(desk.world.a, job, OLGA)
    assert refused.value.code == "hard_opt_out"
    assert opted_out(desk, person) == Suppression.HARD


def test_taking_back_leaves_what_came_since(desk: Desk) -> None:
    """S5, Q11: a STOP since, an opt-out by somebody else since, one that was taken back since."""
    world = desk.world
    stopped, again, back = people = desk.people(3)
    job = desk.done(desk.begin(Action.OPT_OUT, ids(people), opt_out=SOFT))
    world.text("STOP", stopped.phone)
    service = OptOutService(world.clock, world.accounts, world.pseudonyms)
    for one in (again, back):
        line = f"{world.sender.id}~{one.subject}~sms"
        service.remove(world.a, line, "user", "Olga")
    world.clock.advance(seconds=1)
    by_hand = Wanted(Kind.SOFT, [Channel.SMS], Source.ADMIN, "user", "Olga")
    service.add_many(world.a, [again.phone], by_hand)
    undone = desk.done(desk.service.undo(world.a, job, OLGA))
    assert desk.counts(undone) == (0, 1, 2)
    assert desk.refused(undone) == {stopped.id: "hard_opt_out", again.id: "changed_since"}
    assert opted_out(desk, again) == Suppression.SOFT


def test_what_follows_for_a_step_is_done_though_the_job_is_cancelled_meanwhile(
    desk: Desk,
) -> None:
    """O4: what a step did has its effects, whoever comes next."""
    member = desk.world.member()
    job = desk.begin(Action.OPT_OUT, [member.id], opt_out=SOFT)

    made: list[Call] = []

    def end_after_the_step(call: Call) -> None:
        if call[1] == "TransactWriteItems" and not made:
            made.append(call)
            desk.service.cancel(desk.service.find(job.account_id, job.id))
            raise Died

    with each_call(ignore, end_after_the_step):
        desk.work()
    assert opted_out(desk, member) == Suppression.SOFT
    [membership] = member_store.memberships(desk.world.a.id, desk.read(member))
    assert Channel.SMS not in membership.channels


def test_a_filter_is_walked_to_its_end_though_each_step_takes_contacts_out_of_it(
    desk: Desk,
) -> None:
    """C1: along all that are not opted out."""
    desk.people(11)
    asked = Filter(opted_out=OptedOut.NEITHER)
    done = desk.done(desk.begin(Action.OPT_OUT, all_of=asked, opt_out=SOFT))
    assert desk.counts(done) == (11, 0, 0)
