"""After an erasure no item of any table has the person: not the number, the name, nor the address.

An account is played through before, with all that can come to know somebody.
"""

import json
import re
from collections.abc import Callable, Iterator

import boto3
import pytest

from assent.accounts.model import OwnPhone
from assent.broadcasts.trial import trial
from assent.broadcasts.under_way import CopiesUnderWay
from assent.consent.model import Channel, Kind
from assent.contacts import erasure
from assent.contacts.bulk.model import Action
from assent.contacts.directory.model import Filter
from assent.contacts.erasure import ErasureService
from assent.contacts.groups.model import Group
from assent.contacts.history import service as history
from assent.contacts.imports.choices import Existing
from assent.contacts.model import Contact, EraseContact
from assent.messaging.forgetting import Conversations
from assent.messaging.model import MessageState
from assent.messaging.providers.base import Refused
from assent.messaging.providers.twilio import CAUSES
from tests.conftest import TABLES
from tests.fakes import CALLER
from tests.unit.broadcasts.desk import Desk
from tests.unit.contacts.bulk.desk import LABEL
from tests.unit.contacts.bulk.desk import Desk as Office
from tests.unit.contacts.imports.people import PeopleDesk, proof, rows
from tests.unit.contacts.lists import Lists
from tests.unit.contacts.profiles import OLGA, Profiles

OWN = "+12125550199"
PHONE, FIRST_PHONE = "+12125559134", "+16465557823"
FIRST, LAST, EMAIL, CITY = "Annabel", "Lighthouse", "annabel@harbour.example", "Brindisi"
TEXT = 'Harbor Alerts: hello {{ first_name }}, news for {{ custom.city | default: "you" }}.'
WORDS = "Is Annabel Lighthouse on your list at (212) 555-9134?"


def items() -> Iterator[tuple[str, str]]:
    """Yield each item of each table: its table with its key, and all that it holds, as text."""
    client = boto3.client("dynamodb")
    for name in TABLES:
        for page in client.get_paginator("scan").paginate(TableName=f"assent-test-{name}"):
            for item in page["Items"]:
                key = f"{name} {item['pk']['S']} {item['sk']['S']}"
                yield key, json.dumps(item, default=_text, ensure_ascii=False)


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def traces() -> dict[str, list[str]]:
    """Name the items that have something of the person, each with what."""
    found = {}
    for key, text in items():
        seen = [what for what, shows in _SIGNS.items() if shows(text)]
        if seen:
            found[key] = seen
    return found


def _digits(phone: str) -> Callable[[str], bool]:
    """Look for the national digits, however they are set, and for the whole number backwards."""
    national = phone.removeprefix("+1")
    apart = re.compile(r"\D{0,3}".join(national))
    backwards = phone.removeprefix("+")[::-1]
    return lambda text: bool(apart.search(text)) or backwards in text


def _word(word: str) -> Callable[[str], bool]:
    return lambda text: word.casefold() in text.casefold()


_SIGNS: dict[str, Callable[[str], bool]] = {
    "number": _digits(PHONE),
    "earlier number": _digits(FIRST_PHONE),
    **{word: _word(word) for word in (FIRST, LAST, EMAIL, CITY)},
}


class Story:
    """All that happens to Annabel in account A."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.world = desk, desk.world
        self.office, self.people = Office(self.world), PeopleDesk(self.world)
        self.profiles, self.lists = Profiles(self.world), Lists(self.world)

    def play(self) -> Contact:
        """Play it; returns her contact as it stands in the end."""
        group = self._joins()
        self._is_sent(group)
        self._writes()
        self._is_known_to_jobs(group)
        self._is_shown(group)
        self._moves()
        self.desk.start(group)  # on its way
        return self._now()

    def _now(self) -> Contact:
        found = self.world.contact(PHONE) or self.world.contact(FIRST_PHONE)
        assert found is not None
        return found

    def _joins(self) -> Group:
        fields = {"first_name": FIRST, "last_name": LAST, "email": EMAIL, "phone": FIRST_PHONE}
        lead = {**fields, "custom": {"city": CITY}}
        self.world.ingest.from_api(self.world.api_key, lead, CALLER)
        self.world.run()
        self.world.deliver()
        group = self.world.group()
        self.office.begin(Action.MOVE, [self._now().id], group=group)
        self.office.work()
        assert self._now().groups == {group.id}
        return group

    def _is_sent(self, group: Group) -> None:
        """Texts and calls: sent, delivered, failed, left out."""
        sent = self.desk.send(group, text=TEXT)
        self.desk.handle(self.desk.receipt_for(sent, self._now(), MessageState.DELIVERED))
        self.desk.clock.advance(days=2)
        failed = self.desk.send(group, text=TEXT)
        self.desk.handle(self.desk.receipt_for(failed, self._now(), MessageState.FAILED, "30003"))
        self.desk.clock.advance(days=2)
        call = self.desk.drafts.create(
            self.world.a, self.desk.wanted(group, text=TEXT, channel="voice"), by="Olga"
        )
        self.desk.begin(call)
        self.desk.run()
        assert self.world.provider.voice.to(FIRST_PHONE)
        self.desk.clock.advance(days=2)
        self.world.provider.fails[FIRST_PHONE] = Refused("21211", CAUSES["30008"], retry=False)
        self.desk.send(group, text=TEXT)
        self.world.provider.fails.clear()
        self.desk.clock.advance(days=2)
        self.desk.send(group, text="Harbor Alerts: {{ custom.nothing }}")

    def _writes(self) -> None:
        self.world.text(WORDS, FIRST_PHONE)
        self.world.text("Stop. Annabel says no", FIRST_PHONE)
        self.world.text("HELP", FIRST_PHONE)
        self.world.text("STOP", FIRST_PHONE)
        self.world.text("START", FIRST_PHONE)
        self.lists.add(FIRST_PHONE, kind=Kind.SOFT, channels=[Channel.VOICE])
        note = f"{FIRST} {LAST}, {EMAIL}, {FIRST_PHONE}"
        history.add_note(self.world.a.id, self._now(), note, OLGA, self.world.clock)

    def _is_known_to_jobs(self, group: Group) -> None:
        self.office.begin(Action.ADD_LABEL, [self._now().id], label_id=LABEL)
        self.office.begin(Action.FAVOURITE, all_of=Filter(group_id=group.id))
        self.office.work()
        row = rows((FIRST_PHONE, FIRST, LAST, EMAIL), ("+12125550177", "Other", "One", ""))
        self.people.finished(row, existing=Existing.UPDATE, proof=proof())
        # Lines that cannot be taken, and that the history of imports shows.
        self.people.checked(rows((f"{FIRST} {LAST}", "two"), (f"{EMAIL} {FIRST_PHONE}", "x")))

    def _is_shown(self, group: Group) -> None:
        """A user tries a text on their own phone, as she would get it."""
        made = self.desk.draft(group, text=TEXT)
        own = OwnPhone(user_id="user", phone=OWN, code_hash="", asked_at=self.desk.clock.now())
        subject = self.world.pseudonyms.of(OWN)
        self.world.queue.send(
            trial(made, self.world.sender, own, subject, self._now(), self.world.clock)
        )
        self.world.run()
        assert FIRST in self.world.provider.texts_to(OWN)[-1]

    def _moves(self) -> None:
        self.profiles.edit(self._now(), phone=PHONE, first_name=f"{FIRST} Mae")
        self.world.text(WORDS, PHONE)
        found = self._now()
        assert found.phone == PHONE
        self.lists.add(PHONE, kind=Kind.HARD, channels=list(Channel))
        listed = self.people.checked(rows((PHONE, "A", "B", ""), ("nonsense", "C", "D", "")))
        assert [one.value for one in listed.samples] == [PHONE, "nonsense"]

    def erase(self, contact: Contact) -> None:
        """Forget her."""
        world, copies = self.world, CopiesUnderWay()
        self.desk.clock.advance(seconds=1)
        erasure.begin(world.a, contact.id, "user-1", "Olga", world.clock, copies)
        service = ErasureService(world.clock, world.accounts, Conversations(), copies)
        command = EraseContact(
            account_id=world.a.id, contact_id=contact.id, actor="user-1", by="Olga"
        )
        assert service.erase(command) == "erased"
        self.desk.run()


@pytest.fixture
def story(desk: Desk) -> Story:
    return Story(desk)


def test_no_item_has_the_person_when_it_was_erased(story: Story) -> None:
    """P5: profile, conversation, evidence, imports, broadcasts that are over or on their way."""
    contact = story.play()
    before = traces()
    for sign in _SIGNS:
        assert any(sign in seen for seen in before.values()), sign
    assert len(before) > 20
    story.erase(contact)
    assert traces() == {}
