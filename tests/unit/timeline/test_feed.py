"""One timeline out of many sources, page by page."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest

from assent.broadcasts.under_way import CopiesUnderWay
from assent.consent.model import Channel, Kind
from assent.contacts import erasure, put_back, reassigned, store
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.history import service as history
from assent.contacts.history.model import Person, What, event
from assent.contacts.model import Contact, EraseContact
from assent.contacts.queue import service as queue
from assent.messaging import store as messages
from assent.messaging.forgetting import Conversations
from assent.messaging.model import contact_thread
from assent.platform.clock import stamp
from assent.platform.errors import Invalid
from assent.timeline import feed
from assent.timeline.model import Cursor, Item
from tests.calls import recorded
from tests.fakes import ANN, World
from tests.unit.contacts.lists import Lists
from tests.unit.contacts.profiles import OLGA, OMAR, Profiles

DAN = "+12125550104"


@pytest.fixture
def profiles(world: World) -> Profiles:
    return Profiles(world)


@pytest.fixture
def lists(world: World) -> Lists:
    return Lists(world)


def page(
    world: World, contact: Contact, cursor: str | None = None, limit: int = 100
) -> tuple[list[Item], str | None]:
    found = store.contact(world.a.id, contact.id, consistent=True)
    assert found is not None
    senders = [one.id for one in world.accounts.senders_of(world.a.id)]
    return feed.page(feed.scene(found, senders), cursor, limit)


def pages(world: World, contact: Contact, limit: int) -> list[list[Item]]:
    found, cursor = page(world, contact, None, limit)
    all_pages = [found]
    while cursor:
        found, cursor = page(world, contact, cursor, limit)
        all_pages.append(found)
    return all_pages


def texts(world: World, contact: Contact) -> list[str]:
    return [item.text for item in page(world, contact)[0]]


def test_who_made_a_contact_stands_there_also_when_somebody_else_edits_it(
    world: World, profiles: Profiles
) -> None:
    """Q7: the user's name on every event."""
    made = profiles.create(ANN, by=OLGA)
    profiles.edit(made, by=OMAR, last_name="Lee")
    assert [(one.kind, one.by) for one in page(world, made)[0]] == [
        ("edit", "Omar"),
        ("created", "Olga"),
    ]


def said(world: World, contact: Contact, text: str, at_ms: int) -> None:
    """Let a message stand in the contact's thread at a millisecond."""
    at = world.clock.now() + timedelta(milliseconds=at_ms)
    messages.put_copy(
        contact_thread(world.a.id, contact.id),
        account_id=world.a.id,
        contact_id=contact.id,
        sender_id=world.sender.id,
        message_id=text,
        body=text,
        intent="other",
        at=at,
    )


def life(world: World, profiles: Profiles, lists: Lists) -> Contact:
    """Let a contact go through a lot."""
    contact = world.queued()
    world.clock.advance(seconds=1)
    history.add_note(world.a.id, contact, "Prefers calls", OMAR, world.clock)
    profiles.edit(contact, OMAR, last_name="Moreno")
    group = world.group()
    world.clock.advance(seconds=1)
    assert queue.move(world.a, contact.id, group, "Olga", world.clock) is None
    world.text("What time do you open?")
    lists.add(ANN, channels=[Channel.VOICE])
    world.text("STOP")
    world.text("START")
    world.clock.advance(seconds=1)
    put_back.put_back(world.a, contact.id, world.clock, OLGA)
    profiles.edit(profiles.read(contact), phone=DAN)
    return contact


def test_everything_that_happened_is_there_newest_first(
    world: World, profiles: Profiles, lists: Lists
) -> None:
    """C, Q7, Q11: each once, with the name of the user who did it."""
    contact = life(world, profiles, lists)
    items, cursor = page(world, contact)
    assert cursor is None
    assert [item.at for item in items] == sorted((item.at for item in items), reverse=True)
    assert len({item.id for item in items}) == len(items)
    found = {item.text: item.by for item in items}
    assert found["Prefers calls"] == "Omar"
    assert found["Omar edited last_name"] == "Omar"
    assert found["Olga moved it from the opt-in queue to “News”"] == "Olga"
    assert found["Was opted out by a user"] == "Omar"
    assert found["Olga changed the number"] == "Olga"
    assert found["The contact got another number: consent of this one ended"] == "Olga"
    assert found["Came in as a lead: “Website”"] == ""
    expected = {
        "Entered the opt-in queue", "Agreed to get messages", "What time do you open?", "STOP",
        "START", "Opted out with STOP", "Opted in again with START",
    }  # fmt: skip
    assert expected <= found.keys()
    kinds = {item.kind for item in items}
    assert kinds == {"note", "edit", "queue", "consent", "message_in", "message_out", "created"}


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_hold_together_what_one_page_holds(
    world: World, profiles: Profiles, lists: Lists, limit: int
) -> None:
    """C: nothing is lost or doubled where one page ends and the next begins."""
    contact = life(world, profiles, lists)
    whole, _ = page(world, contact)
    found = pages(world, contact, limit)
    assert [item for one in found for item in one] == whole
    assert all(len(one) == limit for one in found[:-1])


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_equal_times_are_neither_lost_nor_doubled(
    world: World, profiles: Profiles, limit: int
) -> None:
    """C."""
    contact = profiles.create(ANN)
    for number in range(7):
        said(world, contact, f"text {number}", 0)
        history.record(None, world.a.id, contact.id, event(What.EDITED, world.clock.now(), OLGA))
    found = [item for one in pages(world, contact, limit) for item in one]
    assert len(found) == len({item.id for item in found}) == 15


def test_what_comes_in_meanwhile_moves_nothing(world: World, profiles: Profiles) -> None:
    """C: it is on top for who looks again; the pages below stay what they were."""
    contact = profiles.create(ANN)
    for number in range(6):
        said(world, contact, f"text {number}", number)
    before = [item for one in pages(world, contact, 2) for item in one]
    shown, cursor = page(world, contact, None, 2)
    number = 0
    while cursor:
        number += 1
        world.clock.advance(seconds=1)
        said(world, contact, f"new {number}", 0)
        history.add_note(world.a.id, contact, f"note {number}", OLGA, world.clock)
        world.text("STOP" if number % 2 else "START")
        more, cursor = page(world, contact, cursor, 2)
        shown += more
    assert shown == before
    again = [item.text for item in page(world, contact, None, 100)[0]]
    assert {"new 1", "note 1", "Opted out with STOP"} <= set(again)
    assert again[-len(before) :] == [item.text for item in before]


@pytest.mark.thorough
def test_a_chain_of_many_events_is_read_by_the_page(world: World, profiles: Profiles) -> None:
    """C: of a phone that stops and starts again and again, no page reads it all."""
    contact = profiles.create(ANN)
    for _ in range(30):
        world.text("STOP")
        world.text("START")
    with recorded() as calls:
        items, cursor = page(world, contact, None, 10)
    assert len(items) == 10
    assert cursor is not None
    assert len(calls) <= 12
    found = [item for one in pages(world, contact, 25) for item in one]
    stops = [item for item in found if item.text == "Opted out with STOP"]
    assert len(stops) == 30


def test_another_accounts_decisions_stay_its_own(
    world: World, profiles: Profiles, lists: Lists
) -> None:
    """Line 9: on a sender that both share; a page of nothing else still comes to its end."""
    contact = profiles.create(ANN)
    for _ in range(4):
        lists.add(ANN, account=world.b)
        lists.remove(lists.line(account=world.b), world.b)
    lists.add(ANN, kind=Kind.HARD)
    found = [item for one in pages(world, contact, 1) for item in one]
    consent = [item.text for item in found if item.kind == "consent"]
    assert consent == ["Was opted out by a user because the contact asked for it"]


def test_why_a_contact_is_not_in_the_queue_after_coming_back_and_leaving_again(
    world: World, profiles: Profiles
) -> None:
    """Q11: each time it entered, why it left, who moved it and where to."""
    contact = world.queued()
    world.text("STOP")
    world.text("START")
    world.clock.advance(seconds=1)
    put_back.put_back(world.a, contact.id, world.clock, OMAR)
    world.clock.advance(seconds=1)
    assert queue.move(world.a, contact.id, world.group(), "Olga", world.clock) is None
    told = [item.text for item in page(world, contact)[0] if item.kind == "queue"]
    assert told == [
        "Olga moved it from the opt-in queue to “News”",
        "Omar put it back into the opt-in queue",
        "Left the opt-in queue: it opted out",
        "Entered the opt-in queue",
    ]


def test_a_place_that_is_written_over_is_kept(world: World, profiles: Profiles) -> None:
    """Q4, Q11: what undoing a move records; it is the same entry, so never there twice."""
    from assent.platform.tables import Transaction  # noqa: PLC0415

    contact = world.member()
    before = page(world, contact)[0]
    transaction = Transaction()
    history.keep_place(transaction, contact)
    transaction.commit()
    moved = [item for item in page(world, contact)[0] if "moved it" in item.text]
    assert {item.id for item in moved} == {i.id for i in before if "moved it" in i.text}


def test_after_another_number_the_timeline_tells_of_both(world: World, profiles: Profiles) -> None:
    """C11: and nothing of what the next one with the old number does."""
    contact = world.queued()
    world.text("STOP")
    profiles.edit(profiles.read(contact), phone=DAN)
    world.clock.advance(seconds=1)
    world.text("START")
    world.text("STOP", DAN)
    told = [(i.text, i.detail.get("sender_id")) for i in page(world, contact)[0]]
    assert [text for text, _ in told if text.startswith("Opted")] == ["Opted out with STOP"] * 2
    assert not [text for text, _ in told if "again" in text]


def test_an_erased_person_keeps_events_and_loses_notes(
    world: World, profiles: Profiles, lists: Lists
) -> None:
    """P5: also what was said by the number that it had before."""
    contact = life(world, profiles, lists)
    erasure.begin(world.a, contact.id, "user-1", "Olga", world.clock, CopiesUnderWay())
    service = erasure.ErasureService(world.clock, world.accounts, Conversations(), CopiesUnderWay())
    command = EraseContact(account_id=world.a.id, contact_id=contact.id, actor="user-1", by="Olga")
    assert service.erase(command) == "erased"
    items = page(world, contact)[0]
    told = [item.text for item in items]
    assert "Omar edited last_name" in told
    assert "The person was erased" in told
    assert "Prefers calls" not in told
    assert not {"STOP", "START", "What time do you open?"} & set(told)


def test_a_reassigned_number_is_told_once(world: World) -> None:
    """C11."""
    contact = world.member()
    world.clock.advance(seconds=1)
    reassigned.reassign(world.a, contact.id, "user-1", "Olga", world.clock)
    told = texts(world, contact)
    assert told.count("The number belongs to somebody else now: all consent ended") == 1
    assert "SMS taken out of “News”: the number belongs to somebody else" in told


def test_what_a_user_does_with_groups_is_told_by_name(world: World, profiles: Profiles) -> None:
    contact = profiles.create(ANN, group_id=world.group().id)
    left = event(What.GROUP_LEFT, world.clock.now(), OMAR, group_id=world.group().id)
    history.record(None, world.a.id, contact.id, left)
    brought = event(
        What.IMPORTED, world.clock.now(), Person(id="", name=""), once=("im_1",), import_id="im_1"
    )
    for _ in range(2):
        history.record(None, world.a.id, contact.id, brought)
    told = texts(world, contact)
    assert "Olga added it to “News”" in told
    assert "Omar took it out of “News”" in told
    assert told.count("Was brought up to date by an import") == 1
    assert member_store.memberships(world.a.id, profiles.read(contact))


def _cursor(*parts: object) -> str:
    return urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "",
        "%%%",
        _cursor("yesterday", {}),
        _cursor("2026-01-05T15:00:00.000Z"),
        _cursor("2026-01-05T15:00:00.000Z", []),
        _cursor("2026-01-05T15:00:00.000Z", {"c0": "1"}),
        _cursor("2026-01-05T15:00:00.000Z", {"thread": ""}),
        _cursor("2026-01-05T15:00:00.000Z", {"thread": 7}),
        _cursor("2026-01-05T15:00:00.000Z", {"thread": "x" * 2000}),
        _cursor(None, {}),
        _cursor("2026-01-05T15:00:00.000Z", {"thread": "\ud800"}),
    ],
)
def test_a_cursor_that_was_tampered_with_is_refused(
    world: World, profiles: Profiles, cursor: str
) -> None:
    """C: bad input."""
    contact = profiles.create(ANN)
    if not cursor:
        assert page(world, contact, cursor)[0]
        return
    with pytest.raises(Invalid) as refused:
        page(world, contact, cursor)
    assert refused.value.code == "invalid_cursor"


def test_a_cursor_reads_back(world: World) -> None:
    cursor = Cursor(at=stamp(world.clock.now()), read={"thread": "2026-01-05T15:00:00.000Z#x"})
    assert Cursor.parse(str(cursor)) == cursor
