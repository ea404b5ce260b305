"""Contacts made and edited by hand, by several users at once."""

import pytest
from pydantic import ValidationError

from assent.consent.chains import store as chain_store
from assent.consent.check import check
from assent.consent.model import Channel, Kind, Status
from assent.contacts import marks, store
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.history import service as history
from assent.contacts.history import store as history_store
from assent.contacts.labels import service as labels
from assent.contacts.labels.model import ClearLabel, Colour
from assent.contacts.model import ComplianceState, Contact, Origin, QueueState
from assent.contacts.profile import renumbering, tags
from assent.contacts.profile.model import NewContact, ProfileChange
from assent.contacts.queue import store as queue_store
from assent.integrations.model import ProcessLead
from assent.platform.errors import AssentError, Conflict, Forbidden, Invalid, NotFound
from assent.platform.tables import Stretch
from tests.calls import Call, Died, dying, each_call, ignore
from tests.fakes import ANN, BOB, CALLER, CAT, World
from tests.unit.contacts.lists import Lists
from tests.unit.contacts.profiles import OLGA, OMAR, Profiles, differences

DAN = "+12125550104"
BOTH = [Channel.SMS, Channel.VOICE]


@pytest.fixture
def profiles(world: World) -> Profiles:
    return Profiles(world)


@pytest.fixture
def lists(world: World) -> Lists:
    return Lists(world)


def events(world: World, contact: Contact) -> list[tuple[str, str]]:
    """Give what the history says, newest first, with who did it."""
    stretch = Stretch(page_size=50, newest_first=True)
    found = history_store.entries(world.a.id, contact.id, stretch)
    return [(entry.what.value, entry.by) for entry in found]


# Made by hand


def test_a_contact_made_by_hand_has_no_consent_and_no_place_in_the_queue(
    world: World, profiles: Profiles
) -> None:
    """C1, Q4, S0."""
    made = profiles.create("(212) 555-0101", first_name="  Ann ", last_name="Lee")
    assert (made.phone, made.first_name, made.version) == (ANN, "Ann", 1)
    assert (made.origin, made.queue.state) == (Origin.MANUAL, QueueState.OUTSIDE)
    assert made.compliance.state == ComplianceState.NOT_SENT
    assert [made.mark(channel) for channel in BOTH] == [Status.NONE, Status.NONE]
    assert queue_store.size(world.a.id) == 0
    assert world.provider.sent == []
    assert world.contact() == made
    assert differences(world.a.id) == set()


def test_a_number_that_is_known_leads_to_its_contact(world: World, profiles: Profiles) -> None:
    """C1."""
    queued = world.queued()
    with pytest.raises(Conflict) as refused:
        profiles.create("212-555-0101")
    assert refused.value.code == "contact_exists"
    assert refused.value.more == {"contact_id": queued.id}


def test_of_two_who_make_the_same_contact_one_is_led_to_the_others(
    world: World, profiles: Profiles
) -> None:
    """C1, Q13: also when both looked before either wrote."""
    rival = [lambda: profiles.create(ANN, OMAR)]

    def race(call: Call) -> None:
        if call[1] == "TransactWriteItems" and rival:
            rival.pop()()

    with each_call(race, ignore), pytest.raises(Conflict) as refused:
        profiles.create(ANN, first_name="Ann")
    found = world.contact()
    assert found is not None
    assert refused.value.more == {"contact_id": found.id}
    assert found.edited_by == "Omar"
    assert differences(world.a.id) == set()


def test_a_lead_of_a_contact_made_by_hand_is_no_second_contact(
    world: World, profiles: Profiles
) -> None:
    """Q13, Q1: its consent is on record from then on, and it waits like any other lead."""
    made = profiles.create(ANN)
    found = world.lead(ANN)
    assert found is not None
    assert found.id == made.id
    assert found.mark(Channel.SMS) == Status.SUBSCRIBED
    assert (found.queue.state, len(world.provider.sent)) == (QueueState.WAITING, 1)


def test_a_listed_number_becomes_a_contact_but_no_member(
    world: World, profiles: Profiles, lists: Lists
) -> None:
    """O6, O7: with no channel left it is not added to a group; the contact alone is made."""
    lists.add(ANN, kind=Kind.HARD, channels=BOTH)
    group = world.group()
    with pytest.raises(Conflict) as refused:
        profiles.create(ANN, group_id=group.id)
    assert refused.value.code == "opted_out"
    assert "opt-out list" in refused.value.message
    assert world.contact() is None
    made = profiles.create(ANN)
    assert made.mark(Channel.SMS) == Status.HARD_OPT_OUT


def test_with_one_channel_left_it_is_added(world: World, profiles: Profiles, lists: Lists) -> None:
    """O6, O7; without consent it is reached by none yet."""
    lists.add(ANN, channels=[Channel.SMS])
    group = world.group()
    made = profiles.create(ANN, group_id=group.id)
    [member] = member_store.memberships(world.a.id, made)
    assert made.groups == {group.id}
    assert not member.channels
    assert events(world, made) == [("group_joined", "Olga")]


def test_a_stop_after_it_was_made_is_on_its_mark_and_its_list(
    world: World, profiles: Profiles, lists: Lists
) -> None:
    """O1, O4: whoever made it knows the number, though nobody agreed to anything."""
    made = profiles.create(ANN)
    world.text("STOP")
    assert profiles.read(made).mark(Channel.SMS) == Status.HARD_OPT_OUT
    assert lists.line().phone == ANN


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"email": "ann@"}, "email"),
        ({"zone": "America/Atlantis"}, "zone"),
        ({"first_name": "x" * 101}, "first_name"),
        ({"custom": {"": "x"}}, "custom"),
        ({"custom": {f"f{n}": "x" for n in range(21)}}, "custom"),
        ({"custom": {"a": "x" * 201}}, "custom"),
        ({"opt_in": "Y"}, "opt_in"),
        ({"consent": True}, "consent"),
    ],
)
def test_what_a_contact_cannot_be_is_refused_by_its_field(
    profiles: Profiles, fields: dict[str, object], field: str
) -> None:
    """C1, F4: the flow's answer cannot be set by hand."""
    with pytest.raises((ValidationError, Invalid)) as refused:
        profiles.create(**{"phone": ANN, **fields})  # type: ignore[arg-type]
    if isinstance(refused.value, Invalid):
        assert [one.field for one in refused.value.fields] == [field]
    if isinstance(refused.value, ValidationError):
        assert refused.value.errors()[0]["loc"][0] == field


def test_what_cannot_be_seen_is_left_out_of_names() -> None:
    new = NewContact(phone=ANN, first_name="An\u202en\x00\n", last_name=" O\u2019 Brien ")
    assert (new.first_name, new.last_name) == ("Ann", "O\u2019 Brien")


# Edited


def test_an_edit_changes_what_it_names_and_the_way_to_find_it(
    world: World, profiles: Profiles
) -> None:
    """C1: of custom fields each by itself; null removes one."""
    made = profiles.create(
        ANN, first_name="Ann", last_name="Lee", custom={"size": "M", "pet": "cat"}
    )
    after = profiles.edit(
        made, OMAR, last_name="Moreno Díaz", email="ann@example.com", zone="America/Denver",
        custom={"pet": None, "car": "red"},
    )  # fmt: skip
    assert (after.first_name, after.last_name, after.zone) == (
        "Ann",
        "Moreno Díaz",
        "America/Denver",
    )
    assert after.custom == {"size": "M", "car": "red"}
    assert (after.version, after.edited_by, after.edited_at) == (2, "Omar", world.clock.now())
    assert differences(world.a.id) == set()
    assert profiles.read(made) == after
    [entry] = history_store.entries(world.a.id, made.id, Stretch(page_size=5))
    assert entry.detail == {"fields": "last_name, email, zone, custom:car, custom:pet"}


def test_of_two_who_edit_at_once_one_is_told_whose_edit_won(
    world: World, profiles: Profiles
) -> None:
    """C1: who, when, and how it stands now."""
    made = profiles.create(ANN, first_name="Ann")
    profiles.edit(made, OMAR, first_name="Anna")
    with pytest.raises(Conflict) as refused:
        profiles.edit(made, OLGA, first_name="Annie")
    assert refused.value.code == "edited_meanwhile"
    assert "Omar" in refused.value.message
    more = refused.value.more
    assert more["by"] == "Omar"
    assert more["at"] == "2026-01-05T15:00:02.000Z"
    current = more["current"]
    assert isinstance(current, dict)
    assert (current["first_name"], current["version"]) == ("Anna", 2)


def test_who_writes_between_reading_and_writing_wins_as_well(
    world: World, profiles: Profiles
) -> None:
    """C1: the condition is in the transaction."""
    made = profiles.create(ANN, first_name="Ann")
    rival = [lambda: profiles.edit(made, OMAR, first_name="Anna")]

    def race(call: Call) -> None:
        if call[1] == "TransactWriteItems" and rival:
            rival.pop()()

    with each_call(race, ignore), pytest.raises(Conflict) as refused:
        profiles.edit(made, OLGA, last_name="Lee")
    assert refused.value.more["by"] == "Omar"
    assert differences(world.a.id) == set()


def test_an_edit_that_is_sent_again_is_none(profiles: Profiles) -> None:
    made = profiles.create(ANN, first_name="Ann")
    once = profiles.edit(made, first_name="Anna")
    assert profiles.edit(made, first_name="Anna") == once


def test_a_stop_and_an_edit_never_collide(world: World, profiles: Profiles) -> None:
    """Line 1: consent has a count of its own."""
    made = profiles.create(ANN, first_name="Ann")
    world.text("STOP")
    after = profiles.edit(made, first_name="Anna")
    assert (after.first_name, after.mark(Channel.SMS)) == ("Anna", Status.HARD_OPT_OUT)


def test_stars_and_labels_never_collide_with_an_edit(world: World, profiles: Profiles) -> None:
    """Q7: set and taken away as often as one likes."""
    made = profiles.create(ANN, first_name="Ann")
    vip = labels.create(world.a.id, "VIP", Colour.RED, world.clock)
    for _ in range(2):
        tags.set_favourite(world.a.id, made.id, on=True)
        labels.relabel(world.a.id, made.id, add={vip.id})
    after = profiles.edit(made, first_name="Anna")
    assert after.favourite
    assert after.labels == {vip.id}
    tags.set_favourite(world.a.id, made.id, on=False)
    labels.relabel(world.a.id, made.id, remove={vip.id})
    found = profiles.read(made)
    assert (found.favourite, found.labels, found.version) == (False, frozenset(), 2)
    assert differences(world.a.id) == set()


def test_more_fields_than_a_contact_has_are_refused(profiles: Profiles) -> None:
    made = profiles.create(ANN, custom={f"f{n}": "x" for n in range(20)})
    with pytest.raises(Invalid) as refused:
        profiles.edit(made, custom={"one more": "x"})
    assert refused.value.code == "too_many_fields"
    assert len(profiles.edit(made, custom={"one more": "x", "f0": None}).custom) == 20


# Another number


def test_another_number_starts_without_consent(
    world: World, profiles: Profiles, lists: Lists
) -> None:
    """C11: the old number's opt-out and ledger stay, and verify; its consent has ended."""
    group = world.group()
    contact = world.member(ANN, group)
    lists.add(ANN, channels=[Channel.VOICE])
    after = profiles.edit(profiles.read(contact), phone="212 555 0104")
    assert (after.phone, after.id) == (DAN, contact.id)
    assert [after.mark(channel) for channel in BOTH] == [Status.NONE, Status.NONE]
    old = world.consent(ANN)
    assert (old.contact_id, world.consent(DAN).contact_id) == (None, contact.id)
    assert marks.read(world.a.id, old.subject, world.clock.now()) == {
        Channel.SMS: Status.NONE,
        Channel.VOICE: Status.SOFT_OPT_OUT,
    }
    assert len(chain_store.events(world.a.id, old.subject)) == 2
    assert check(world.a.id, old.subject).ok
    [member] = member_store.memberships(world.a.id, after)
    assert (member.phone, member.subject, member.channels) == (DAN, after.subject, frozenset())
    assert member.ended == {}
    assert differences(world.a.id) == set()
    assert events(world, contact) == [("number_changed", "Olga")]


def test_what_is_agreed_to_for_the_new_number_counts_in_the_groups(
    world: World, profiles: Profiles, lists: Lists
) -> None:
    """C11: the person is the same, so its groups are."""
    group = world.group()
    contact = world.member(ANN, group)
    profiles.edit(contact, phone=DAN)
    found = world.lead(DAN)
    assert found is not None
    assert found.id == contact.id
    assert found.mark(Channel.SMS) == Status.SUBSCRIBED


def test_a_number_that_another_contact_has_is_refused(world: World, profiles: Profiles) -> None:
    """C11: merging never merges consent."""
    made = profiles.create(ANN)
    other = profiles.create(BOB)
    with pytest.raises(Conflict) as refused:
        profiles.edit(made, phone=BOB)
    assert refused.value.more == {"contact_id": other.id}
    assert profiles.read(made).phone == ANN


def test_consent_that_the_new_number_had_before_is_not_taken_over(
    world: World, profiles: Profiles
) -> None:
    """C11: it was another contact's, whose number was changed since."""
    first = world.queued(BOB)
    profiles.edit(first, phone=CAT)
    made = profiles.create(ANN)
    after = profiles.edit(made, phone=BOB)
    assert after.mark(Channel.SMS) == Status.NONE
    assert check(world.a.id, after.subject).ok


def test_the_old_number_is_free_for_somebody_else(world: World, profiles: Profiles) -> None:
    """C11: and back again, to where it began."""
    made = profiles.create(ANN)
    moved = profiles.edit(made, phone=DAN)
    other = profiles.create(ANN)
    assert other.id != made.id
    with pytest.raises(Conflict):
        profiles.edit(moved, phone=ANN)
    profiles.edit(other, phone=BOB)
    back = profiles.edit(moved, phone=ANN)
    assert [one.subject for one in back.former] == [made.subject, moved.subject]
    assert differences(world.a.id) == set()


def test_a_lead_with_another_number_leaves_the_queue(world: World, profiles: Profiles) -> None:
    """C11, Q1: its compliance message went to the old one."""
    contact = world.queued()
    after = profiles.edit(contact, phone=DAN)
    assert (after.queue.state, after.queue.left_by) == (QueueState.REMOVED, "Olga")
    assert after.queue.left_reason == "number_changed"
    assert world.line() == []


def test_what_waits_for_the_old_number_is_not_sent(world: World, profiles: Profiles) -> None:
    """C11, S0: neither the compliance message, nor does the lead enter the queue."""
    lead = {"first_name": "Ann", "last_name": "Lee", "phone": ANN}
    world.ingest.from_api(world.api_key, lead, CALLER)
    [command] = world.queue.take(ProcessLead)
    world.handle(command)
    contact = world.contact()
    assert contact is not None
    profiles.edit(contact, phone=DAN)
    world.run()
    world.run_delayed()
    assert world.provider.sent == []
    found = profiles.read(contact)
    assert found.compliance.state == ComplianceState.EXCLUDED
    assert queue_store.size(world.a.id) == 0


@pytest.mark.thorough
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_memberships_follow_wherever_the_process_ends(
    world: World, profiles: Profiles, *, before: bool
) -> None:
    """C11: the command that was sent before does what is left; both are the same in the end."""
    groups = [world.group(name) for name in ("News", "Gala")]
    for at in range(60):
        phone, other = f"+1212555{2000 + at}", f"+1212555{3000 + at}"
        contact = world.member(phone, groups[0])
        ended = True
        try:
            with dying(at, before=before):
                profiles.edit(contact, phone=other)
            ended = False
        except Died:
            pass
        assert renumbering.finish(world.a.id, contact.id, world.clock) == "finished"
        found = profiles.read(contact)
        assert found.phone in (phone, other)
        [member] = member_store.memberships(world.a.id, found)
        assert (member.phone, member.subject) == (found.phone, found.subject)
        assert world.consent(found.phone).contact_id == contact.id
        gone = other if found.phone == phone else phone
        assert world.consent(gone).contact_id is None
        assert differences(world.a.id) == set()
        if not ended:
            return
    raise AssertionError("it never came to an end")


# Labels


def test_a_label_is_named_once_in_any_spelling(world: World) -> None:
    """Q7: as groups are."""
    made = labels.create(world.a.id, "  Café  Regulars ", Colour.GREEN, world.clock)
    assert made.name == "Café Regulars"
    for name in ("CAFÉ REGULARS", "Cafe\u0301 regulars"):
        with pytest.raises(Conflict) as refused:
            labels.create(world.a.id, name, Colour.GREY, world.clock)
        assert refused.value.code == "label_exists"
    other = labels.create(world.a.id, "VIP", Colour.GREY, world.clock)
    with pytest.raises(Conflict):
        labels.change(world.a.id, other.id, "café regulars", None)
    assert labels.change(world.a.id, made.id, "CAFÉ regulars", None).name == "CAFÉ regulars"
    assert labels.change(world.a.id, made.id, "Guests", Colour.BLUE).colour == Colour.BLUE
    assert labels.create(world.a.id, "Café Regulars", Colour.GREY, world.clock).name
    assert [one.name for one in labels.labels(world.a.id)] == ["Guests", "VIP", "Café Regulars"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 51])
def test_a_label_needs_a_name(world: World, name: str) -> None:
    with pytest.raises(Invalid):
        labels.create(world.a.id, name, Colour.GREY, world.clock)


def test_a_merged_label_gives_its_contacts_to_the_other(world: World, profiles: Profiles) -> None:
    """Q7, C: cut off anywhere, it goes on from where it was."""
    vip = labels.create(world.a.id, "VIP", Colour.GREY, world.clock)
    best = labels.create(world.a.id, "Best", Colour.GREY, world.clock)
    made = [profiles.create(f"+1212555{2000 + n}") for n in range(6)]
    for one in made:
        labels.relabel(world.a.id, one.id, add={vip.id})
    labels.relabel(world.a.id, made[0].id, add={best.id})
    command = labels.begin_removal(world.a.id, vip.id, best.id)
    assert labels.begin_removal(world.a.id, vip.id, best.id) == command
    with pytest.raises(Conflict) as other:
        labels.begin_removal(world.a.id, vip.id)
    assert other.value.code == "label_leaving"
    with pytest.raises(NotFound):
        labels.relabel(world.a.id, profiles.create(ANN).id, add={vip.id})
    assert not labels.clear(command, 2)
    with pytest.raises(Died), dying(6, before=False):
        labels.clear(command)
    assert labels.clear(command)
    assert labels.clear(command)
    assert {frozenset(profiles.read(one).labels) for one in made} == {frozenset({best.id})}
    assert labels.labels(world.a.id) == [best]
    assert differences(world.a.id) == set()


def test_a_deleted_label_is_gone_and_its_name_is_free(world: World, profiles: Profiles) -> None:
    made = profiles.create(ANN)
    vip = labels.create(world.a.id, "VIP", Colour.GREY, world.clock)
    labels.relabel(world.a.id, made.id, add={vip.id})
    assert labels.clear(labels.begin_removal(world.a.id, vip.id))
    assert profiles.read(made).labels == frozenset()
    assert labels.create(world.a.id, "vip", Colour.GREY, world.clock).id != vip.id
    for act in (
        lambda: labels.label(world.a.id, vip.id),
        lambda: labels.begin_removal(world.a.id, vip.id),
    ):
        with pytest.raises(NotFound):
            act()
    staying = ClearLabel(account_id=world.a.id, label_id=labels.labels(world.a.id)[0].id)
    assert labels.clear(staying)
    assert [one.id for one in labels.labels(world.a.id)] == [staying.label_id]


def test_a_label_of_another_account_cannot_be_given(world: World, profiles: Profiles) -> None:
    """Line 9."""
    made = profiles.create(ANN)
    theirs = labels.create(world.b.id, "VIP", Colour.GREY, world.clock)
    with pytest.raises(NotFound):
        labels.relabel(world.a.id, made.id, add={theirs.id})
    assert profiles.read(made).labels == frozenset()


# Notes


def test_a_note_keeps_its_author_its_time_and_that_it_was_edited(
    world: World, profiles: Profiles
) -> None:
    """Q7."""
    made = profiles.create(ANN)
    note = history.add_note(world.a.id, made, " Call after six ", OLGA, world.clock)
    assert (note.text, note.by, note.at) == ("Call after six", "Olga", world.clock.now())
    at = world.clock.advance(minutes=5)
    edited = history.edit_note(world.a.id, made.id, note.id, "Call after 7", OLGA, world.clock)
    assert (edited.text, edited.at, edited.edited_at) == ("Call after 7", note.at, at)
    assert history.find_note(world.a.id, made.id, note.id) == edited
    with pytest.raises(Forbidden):
        history.edit_note(world.a.id, made.id, note.id, "x", OMAR, world.clock)
    with pytest.raises(Forbidden):
        history.delete_note(world.a.id, made.id, note.id, OMAR, any_author=False)
    history.delete_note(world.a.id, made.id, note.id, OMAR, any_author=True)
    with pytest.raises(NotFound):
        history.find_note(world.a.id, made.id, note.id)


@pytest.mark.parametrize("note_id", ["nt_x", "", "nt_01KE7Q3N400000000000000000", "x" * 2000])
def test_a_note_that_is_none_is_not_found(world: World, profiles: Profiles, note_id: str) -> None:
    made = profiles.create(ANN)
    with pytest.raises(NotFound):
        history.find_note(world.a.id, made.id, note_id)


def test_an_event_is_no_note(world: World, profiles: Profiles) -> None:
    made = profiles.edit(profiles.create(ANN), first_name="Ann")
    [entry] = history_store.entries(world.a.id, made.id, Stretch(page_size=5))
    with pytest.raises(NotFound):
        history.find_note(world.a.id, made.id, entry.id)


@pytest.mark.parametrize("text", ["", " \n", "x" * 5001])
def test_a_note_says_something_but_not_everything(
    world: World, profiles: Profiles, text: str
) -> None:
    made = profiles.create(ANN)
    with pytest.raises(AssentError) as refused:
        history.add_note(world.a.id, made, text, OLGA, world.clock)
    assert refused.value.code == "invalid_note"


def test_changes_name_their_version() -> None:
    with pytest.raises(ValidationError):
        ProfileChange.model_validate({"first_name": "Ann"})


def test_contacts_of_old_read_as_never_edited(world: World) -> None:
    contact = world.queued()
    found = store.contact(world.a.id, contact.id)
    assert found is not None
    assert (found.version, found.edited_at, found.former) == (1, None, ())
