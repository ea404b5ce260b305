"""Contacts from a file: who is made, how they agreed, who is refused, and what stays as it is."""

from collections.abc import Callable

import pytest

from assent.accounts.model import Member, Role
from assent.consent.chains import store as chain_store
from assent.consent.check import check
from assent.consent.listing import store as listing_store
from assent.consent.model import Channel, EventType, Kind, Source, Standing, Status
from assent.contacts.bulk.service import JobService
from assent.contacts.directory.store import entries
from assent.contacts.groups import store as group_store
from assent.contacts.groups.model import EndedBy, Group
from assent.contacts.history import store as history
from assent.contacts.history.model import What
from assent.contacts.imports import cutting
from assent.contacts.imports import store as imports
from assent.contacts.imports.choices import Existing
from assent.contacts.imports.model import Import, ImportState, Purpose, WorkOnImport
from assent.contacts.model import Contact, Origin, QueueState
from assent.contacts.opt_outs import OptOutService, Wanted
from assent.contacts.profile import store as profile_store
from assent.platform.errors import Conflict, NotFound
from assent.platform.queues import Outbox
from assent.platform.tables import Stretch, Transaction
from tests.calls import Call, each_call, ignore
from tests.fakes import ANN, BOB, CAT
from tests.unit.contacts.imports.desk import counts
from tests.unit.contacts.imports.people import PeopleDesk, everything, keys, proof, rows

SMS, VOICE = Channel.SMS, Channel.VOICE
DAN = "+12125550104"
FILE = rows((ANN, "Ann", "Lee", "ann@example.com"), (BOB, "Bob", "Ortiz", ""))


def agreed(people: PeopleDesk, phone: str, channel: Channel = SMS) -> Standing:
    sender = people.world.sender.id
    return people.world.consent(phone).agreement(sender, channel).standing


def there(people: PeopleDesk, phone: str) -> Contact:
    """Give the contact of a number."""
    found = people.world.contact(phone)
    assert found is not None
    return found


def channels_of(people: PeopleDesk, phone: str, group: Group) -> frozenset[Channel]:
    """Give the channels by which a member is reached in a group."""
    member = people.membership(phone, group)
    assert member is not None
    return member.channels


def opt_out(people: PeopleDesk, phone: str, kind: Kind, *channels: Channel) -> None:
    world = people.world
    service = OptOutService(world.clock, world.accounts, world.pseudonyms)
    wanted = Wanted(kind, list(channels or (SMS,)), Source.ADMIN, actor="user", by="Olga")
    service.add_many(world.a, [phone], wanted)


def test_the_dry_run_shows_the_effect_and_writes_nothing(people: PeopleDesk) -> None:
    """C4."""
    before = everything()
    job = people.checked(FILE, proof=proof())
    assert (job.state, counts(job)) == (ImportState.CHECKED, {"added": 2})
    assert everything() == before


def test_rows_become_contacts_of_a_new_group(people: PeopleDesk) -> None:
    """C4, C1: made when the import is carried out, found by name and number."""
    job = people.finished(FILE, new_group="Spring  sale", proof=proof(SMS, VOICE))
    assert (job.state, counts(job)) == (ImportState.FINISHED, {"added": 2})
    [group] = group_store.groups(people.account.id)
    assert group.name == "Spring sale"
    ann = there(people, ANN)
    assert (ann.first_name, ann.last_name, ann.email) == ("Ann", "Lee", "ann@example.com")
    assert (ann.origin, ann.import_id, ann.made_by) == (Origin.IMPORT, job.id, "Olga")
    assert ann.groups == {group.id}
    assert ann.marks == {SMS: Status.SUBSCRIBED, VOICE: Status.SUBSCRIBED}
    assert channels_of(people, ANN, group) == {SMS, VOICE}
    assert {f"{one.pk} {one.sk}" for one in entries(ann)} <= keys()


def test_people_with_declared_proof_are_subscribed_and_the_ledger_says_how(
    people: PeopleDesk,
) -> None:
    """S0: by whom it was attested, from which line of which file, by the hash of the text."""
    people.finished(FILE, proof=proof())
    assert agreed(people, ANN) == Standing.SUBSCRIBED
    assert agreed(people, ANN, VOICE) == Standing.NONE
    subject = people.world.pseudonyms.of(ANN)
    [event] = chain_store.events(people.account.id, subject)
    assert (event.type, event.source, event.channels) == (EventType.IMPORTED, Source.IMPORT, [SMS])
    evidence = event.evidence or {}
    assert evidence["attested_by"] == "Olga Moreno"
    assert evidence["disclosure_sha256"] == proof().sha256
    assert (evidence["file"], evidence["line"]) == ("people.csv", "2")
    assert check(people.account.id, subject).ok


def test_without_proof_nobody_is_subscribed_and_nothing_is_in_the_ledger(
    people: PeopleDesk,
) -> None:
    """S0, S6: their status is none, and no broadcast reaches them in the group."""
    group = people.world.group()
    people.finished(FILE, group_id=group.id)
    assert agreed(people, ANN) == Standing.NONE
    assert people.events(ANN) == []
    ann = there(people, ANN)
    assert ann.marks == {SMS: Status.NONE, VOICE: Status.NONE}
    assert channels_of(people, ANN, group) == set()
    assert check(people.account.id, people.world.pseudonyms.of(ANN)).ok


def test_somebody_imported_without_proof_can_agree_later(people: PeopleDesk) -> None:
    """S0: a lead, or a second import with proof, finds the contact that is there."""
    people.finished(FILE)
    first = there(people, ANN)
    people.world.lead(ANN)
    people.finished(FILE, proof=proof(), existing=Existing.JOIN)
    assert there(people, ANN).id == first.id
    assert people.events(ANN) == [EventType.LEAD_RECEIVED, EventType.IMPORTED]
    assert people.events(BOB) == [EventType.IMPORTED]


def test_a_lead_of_somebody_in_a_group_makes_the_group_reach_them(people: PeopleDesk) -> None:
    """S0, Q13: in the group without consent at first; the evidence is added, nothing is queued."""
    group = people.world.group()
    people.finished(FILE, group_id=group.id)
    assert channels_of(people, ANN, group) == set()
    people.world.lead(ANN)
    assert channels_of(people, ANN, group) == {SMS, VOICE}
    assert there(people, ANN).queue.state == QueueState.OUTSIDE


def test_nobody_is_put_into_the_opt_in_queue(people: PeopleDesk) -> None:
    """Q4."""
    people.finished(FILE, proof=proof())
    ann = there(people, ANN)
    assert ann.queue.state == QueueState.OUTSIDE
    assert ann.opt_in == ""
    assert not any("#queue#" in key for key in keys())
    assert people.world.queue.sent == []


def test_the_first_row_of_a_number_wins_wherever_the_file_is_cut(
    people: PeopleDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C4: later ones are in the error file, of the dry run and of the real run."""
    monkeypatch.setattr(cutting, "SLICE_ROWS", 2)
    content = rows(
        (ANN, "Ann", "", ""), (BOB, "Bob", "", ""), ("212 555 0101", "Again", "", ""),
        (CAT, "Cat", "", ""), (CAT, "Twice", "", ""), (ANN, "Third", "", ""),
    )  # fmt: skip
    job = people.checked(content)
    expected = {"added": 3, "duplicate": 3}
    assert (job.slices, counts(job), job.has_errors) == (3, expected, True)
    found = [(row[1], row[4]) for row in people.errors(job)]
    assert found == [
        ("Again", "duplicate_in_file"), ("Twice", "duplicate_in_file"),
        ("Third", "duplicate_in_file"),
    ]  # fmt: skip
    people.leading.commit(people.account, job)
    people.run()
    done = people.again(job)
    assert counts(done) == expected
    assert [(row[1], row[4]) for row in people.errors(done)] == found
    ann = there(people, ANN)
    assert ann.first_name == "Ann"


def test_bad_rows_are_in_the_error_file_with_code_and_reason(people: PeopleDesk) -> None:
    """C4: the others go in."""
    content = rows(
        ("12345", "A", "", ""), ("1.2125550101E+10", "B", "", ""), (BOB, "C", "", "no address"),
        (CAT, "D" * 101, "", ""), (ANN, "Ann", "", ""),
    )  # fmt: skip
    job = people.finished(content)
    assert counts(job) == {"added": 1, "invalid": 4}
    assert [row[4] for row in people.errors(job)] == [
        "invalid_phone", "spreadsheet_damage", "invalid_email", "too_long",
    ]  # fmt: skip
    assert all(row[5] for row in people.errors(job))
    assert people.world.contact(BOB) is None


@pytest.mark.parametrize("kind", [Kind.SOFT, Kind.HARD])
def test_listed_numbers_are_refused_and_the_others_go_in(people: PeopleDesk, kind: Kind) -> None:
    """C5, O7: on the channels that the import is about, none is left."""
    group = people.world.group()
    opt_out(people, ANN, kind)
    job = people.finished(FILE, group_id=group.id, proof=proof())
    assert counts(job) == {"added": 1, "opted_out": 1}
    [row] = people.errors(job)
    assert (row[0], row[4]) == (ANN, "opted_out")
    assert people.world.contact(ANN) is None
    assert people.world.opt_out(ANN).opted_out(SMS, people.account.id) is not None


def test_a_stop_for_all_accounts_refuses_and_is_on_the_list_from_then_on(
    people: PeopleDesk,
) -> None:
    """O1, O7, O8: the account tried to add the number, so its own list says why it could not."""
    people.world.text("STOP", ANN)
    job = people.finished(FILE, proof=proof())
    assert counts(job) == {"added": 1, "opted_out": 1}
    subject = people.world.pseudonyms.of(ANN)
    assert any(subject in row for row in listing_store.listed(people.account.id))


def test_who_is_left_on_one_channel_goes_in_with_that_one(people: PeopleDesk) -> None:
    """C5, O7, S2: the import never takes an opt-out back."""
    group = people.world.group()
    opt_out(people, ANN, Kind.HARD, SMS)
    job = people.finished(FILE, group_id=group.id, proof=proof(SMS, VOICE))
    assert counts(job) == {"added": 2}
    assert channels_of(people, ANN, group) == {VOICE}
    assert agreed(people, ANN) == Standing.NONE
    assert agreed(people, ANN, VOICE) == Standing.SUBSCRIBED
    ann = there(people, ANN)
    assert ann.marks[SMS] == Status.HARD_OPT_OUT


def test_contacts_that_are_there_are_skipped_by_default(people: PeopleDesk) -> None:
    """C4."""
    people.world.lead(ANN, first_name="Anna")
    before = people.world.contact(ANN)
    job = people.finished(FILE, proof=proof(), new_group="News")
    assert counts(job) == {"added": 1, "existing": 1}
    [row] = people.errors(job)
    assert (row[0], row[4]) == (ANN, "existing")
    assert people.world.contact(ANN) == before


def test_a_group_that_is_gone_since_it_was_chosen_is_not_left_out_in_silence(
    people: PeopleDesk,
) -> None:
    """C4: nobody is imported, and who committed is told why."""
    group = people.world.group()
    job = people.checked(FILE, group_id=group.id)
    jobs = JobService(people.world.clock, Outbox())
    jobs.delete_group(people.account, group, Member(user_id="u", account_id="a", role=Role.OWNER))
    with pytest.raises(NotFound) as refused:
        people.leading.commit(people.account, job)
    assert refused.value.code == "unknown_group"
    assert people.again(job).state == ImportState.CHECKED


def test_contacts_that_are_there_join_the_group_as_they_are(people: PeopleDesk) -> None:
    """C4: and the new evidence is appended to the ledger."""
    group = people.world.group()
    people.world.lead(ANN, first_name="Anna")
    job = people.finished(FILE, proof=proof(), group_id=group.id, existing=Existing.JOIN)
    assert counts(job) == {"added": 1, "updated": 1}
    ann = there(people, ANN)
    assert (ann.first_name, ann.groups) == ("Anna", frozenset({group.id}))
    assert people.events(ANN) == [EventType.LEAD_RECEIVED, EventType.IMPORTED]
    assert channels_of(people, ANN, group) == {SMS, VOICE}
    [told] = history.entries(people.account.id, ann.id, Stretch(page_size=10))
    assert (told.what, told.by, told.detail["file"]) == (What.IMPORTED, "Olga", "people.csv")


def test_contacts_that_are_there_take_over_what_is_not_empty(people: PeopleDesk) -> None:
    """C4: names, e-mail and fields; and they are found by their new name."""
    people.world.lead(ANN, first_name="Anna", last_name="Lee", email="old@example.com")
    content = rows((ANN, "Ann", "", "new@example.com", "Rome"), header="phone,first,last,mail,city")
    people.finished(content, existing=Existing.UPDATE)
    ann = there(people, ANN)
    assert (ann.first_name, ann.last_name, ann.email) == ("Ann", "Lee", "new@example.com")
    assert (ann.custom, ann.version) == ({"city": "Rome"}, 2)
    assert {f"{one.pk} {one.sk}" for one in entries(ann)} <= keys()
    assert not any("old@example.com" in key for key in keys())
    assert agreed(people, ANN) == Standing.SUBSCRIBED


def test_a_listed_contact_does_not_join_a_group(people: PeopleDesk) -> None:
    """O6, O7."""
    group = people.world.group()
    people.world.lead(ANN)
    people.world.text("STOP", ANN)
    job = people.finished(FILE, proof=proof(), group_id=group.id, existing=Existing.UPDATE)
    assert counts(job) == {"added": 1, "opted_out": 1}
    ann = there(people, ANN)
    assert (ann.groups, ann.first_name) == (frozenset(), "Ann")
    assert EventType.IMPORTED not in people.events(ANN)


def test_a_lead_in_the_queue_that_joins_a_group_leaves_the_queue(people: PeopleDesk) -> None:
    """Q5, Q8: nobody is in the queue and in a group."""
    group = people.world.group()
    people.world.queued(ANN)
    people.finished(FILE, group_id=group.id, existing=Existing.JOIN)
    ann = there(people, ANN)
    assert (ann.queue.state, ann.queue.left_by) == (QueueState.MOVED, "Olga")
    assert not any("#queue#" in key for key in keys())


@pytest.mark.parametrize("content", [b"\x81", b"name\nAnn\n", b"a,phone\nx\n", b"phone\n", b" "])
def test_a_bad_file_writes_nothing_and_can_be_looked_at_again(
    people: PeopleDesk, content: bytes
) -> None:
    """C4: refused whole."""
    before = everything()
    job = people.checked(content)
    assert job.state == ImportState.FAILED
    assert job.problem is not None
    assert everything() == before
    with pytest.raises(Conflict):
        people.leading.commit(people.account, job)
    with pytest.raises(Conflict):
        people.errors(job)


def test_other_choices_begin_a_new_attempt_without_a_new_upload(people: PeopleDesk) -> None:
    """C4: of a file that was refused, and of one that was checked."""
    content = b"a;b|c\n+12125550101;x|y\n+12125550102;x|z\n"
    job = people.checked(content, reading={"delimiter": ","})
    assert job.state == ImportState.FAILED
    for delimiter, width in ((";", 2), ("|", 2)):
        job = people.imports.choose(job, "US", {"reading": {"delimiter": delimiter, "phone": 0}})
        assert (job.state, job.counts, job.problem) == (ImportState.UPLOADING, {}, None)
        people.imports.check(job)
        people.run()
        job = people.again(job)
        assert (job.state, job.total) == (ImportState.CHECKED, width)
    assert job.attempt == 2


def test_a_stop_just_before_the_last_look_is_seen_by_the_import(people: PeopleDesk) -> None:
    """C5, O4: the order in which the import comes last; nothing of the STOP's effects runs."""
    stop_at(people, 1)
    assert_out_of_the_group(people)


def test_a_stop_just_after_the_last_look_finds_what_the_import_wrote(people: PeopleDesk) -> None:
    """C5, O4: the order in which the STOP comes last; its effects find contact and membership."""
    stop_at(people, 2)
    people.world.run()
    assert_out_of_the_group(people)


def stop_at(people: PeopleDesk, read: int) -> None:
    """Import Ann, and let her text STOP before the given read of opt-out records of the commit."""
    group = people.world.group()
    people.committed(rows((ANN, "Ann", "", "")), group_id=group.id, proof=proof())
    really = people.effect._against  # type: ignore[attr-defined]
    reads: list[int] = []

    def against(*of: object, consistent: bool) -> object:
        # What was previewed is not asked consistently; the first such read begins a batch.
        if consistent and len(reads) == read and read == 1:
            people.world.text_only("STOP", ANN)
            people.world.queue.sent.clear()
        found = really(*of, consistent=consistent)
        if consistent:
            reads.append(1)
            if len(reads) == read == 2:
                people.world.text_only("STOP", ANN)
        return found

    people.effect._against = against  # type: ignore[attr-defined]
    people.run()
    assert len(reads) == 2


def assert_out_of_the_group(people: PeopleDesk) -> None:
    [group] = group_store.groups(people.account.id)
    member = people.membership(ANN, group)
    assert member is not None
    assert (member.channels, member.ended[SMS].why) == (frozenset(), EndedBy.HARD)
    ann = there(people, ANN)
    assert ann.marks[SMS] == Status.HARD_OPT_OUT
    subject = people.world.pseudonyms.of(ANN)
    assert any(subject in row for row in listing_store.listed(people.account.id))


def test_a_contact_that_came_in_meanwhile_is_no_second_one(people: PeopleDesk) -> None:
    """C6, Q13: decided as new, found as a lead's when it is written."""
    people.committed(FILE, proof=proof())
    once: list[int] = []

    def lead_first(call: Call) -> None:
        if call == ("dynamodb", "TransactWriteItems") and not once:
            once.append(1)
            people.world.lead(ANN)

    with each_call(lead_first, ignore):
        people.run()
    [job] = [people.again(one) for one in _imports(people)]
    assert counts(job) == {"added": 1, "existing": 1}
    assert _contacts(people) == 2


def _imports(people: PeopleDesk) -> list[Import]:
    return imports.imports(people.account.id, Purpose.CONTACTS, None, 10)


def _contacts(people: PeopleDesk) -> int:
    return sum("#contacts#" in key for key in keys())


def test_an_edit_made_between_two_tries_stays(people: PeopleDesk) -> None:
    """C6: what is repeated writes over nothing."""
    group = people.world.group()
    job = people.committed(FILE, proof=proof(), group_id=group.id)
    apply: Callable[..., object] = people.effect.apply

    def fail_after(*of: object) -> object:
        apply(*of)
        people.effect.apply = apply  # type: ignore[method-assign,assignment]
        raise ConnectionError

    people.effect.apply = fail_after  # type: ignore[method-assign,assignment]
    [start] = people.queue.take(WorkOnImport)
    people.worker.do(start, lambda: 60_000)
    [part] = people.queue.take(WorkOnImport)
    with pytest.raises(ConnectionError):
        people.worker.do(part, lambda: 60_000)
    ann = there(people, ANN)
    transaction = Transaction()
    edited = ann.model_copy(
        update={"first_name": "Anne", "version": 2, "edited_at": people.world.clock.now()}
    )
    profile_store.add_profile(transaction, ann, edited)
    transaction.commit()
    people.world.text("STOP", BOB)
    people.worker.do(part, lambda: 60_000)
    people.run()
    assert counts(people.again(job)) == {"added": 2}
    after = there(people, ANN)
    assert after.first_name == "Anne"
    assert people.events(ANN) == [EventType.IMPORTED]
    assert channels_of(people, BOB, group) == set()
