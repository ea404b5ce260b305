"""Histories of consent: what people, users, providers and accidents may do, one after the other."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import rule

from assent.accounts.model import Account
from assent.consent.model import Channel, Kind, Source
from assent.consent.policy import Purpose
from assent.contacts.groups import store as group_store
from assent.contacts.opt_outs import Filters, Wanted
from assent.contacts.queue import service as queue
from assent.contacts.reassigned import reassign
from assent.messaging.decisions.service import Verdict
from assent.messaging.dispatch import from_reference
from assent.messaging.model import (
    MessageState,
    Place,
    RecordReceipt,
    SendMessage,
    contact_thread,
)
from assent.messaging.providers.base import Refused
from assent.messaging.providers.twilio import CAUSES
from assent.platform.clock import stamp
from tests.fakes import CALLER
from tests.properties.consent.aftermath import all_quiet
from tests.properties.consent.course import PHONES, Course
from tests.properties.consent.door import Fate, Turn, Work
from tests.properties.consent.expected import EVERYBODY

WORDS = (
    "STOP",
    "STOP",
    "START",
    "YES",
    "YES",
    "YES",
    "NO",
    "HELP",
    "please no more",
    "See you at 5",
)
JOINS = ("sunshine", "sunshine", "harvest")
OPTED_OUT = "21610"
RECEIPTS = (MessageState.DELIVERED, MessageState.DELIVERED, MessageState.FAILED)

phones = st.sampled_from([PHONES[0], PHONES[0], PHONES[0], PHONES[1]])
turns = st.builds(Fate, st.integers(1, 14), st.sampled_from(Turn))
fates = st.none() | st.none() | turns
crashes = st.none() | st.builds(Fate, st.integers(1, 9), st.sampled_from([Turn.LOST, Turn.UNHEARD]))
picks = st.integers(0, 7)
accounts = st.integers(0, 2)
bodies = st.sampled_from(WORDS + JOINS)
late = st.sampled_from([0, 0, 1, 1, 2, 2, 3, 6])


class Histories(Course):
    """One history on two phones of one sender that three accounts share."""

    # Phones

    @rule(phone=phones, said=st.lists(st.tuples(bodies, late), min_size=1, max_size=3), fate=fates)
    def texts(self, phone: str, said: list[tuple[str, int]], fate: Fate | None) -> None:
        """A phone texts; what follows is handled with it."""
        for body, seconds in said:
            with self.step():
                self.give(self.text(phone, body, seconds), fate)
                self.run()

    @rule(phone=phones, body=bodies)
    def text_is_held_back(self, phone: str, body: str) -> None:
        """A phone texts, and it takes a while until somebody looks at it."""
        with self.step():
            self.world.queue.sent.append((self.text(phone, body), 0))

    @rule(phone=phones, source=st.integers(0, 3), fate=fates, now=st.booleans())
    def fills_in_a_form(self, phone: str, source: int, fate: Fate | None, *, now: bool) -> None:
        """A lead comes in, by one of the integrations."""
        with self.step():
            body = {"first_name": "Ann", "last_name": "Lee", "phone": phone}
            waiting, self.world.queue.sent[:] = self.world.queue.sent[:], []
            self.world.ingest.from_api(self.scene.sources[source].key, body, CALLER)
            lead = self.take(0)
            self.world.queue.sent[:0] = waiting
            assert lead
            if now:
                self.give(lead, fate)
            else:
                self.world.queue.sent.append((lead, 0))

    # Users

    @rule(
        several=st.lists(phones, min_size=1, max_size=2, unique=True),
        account=accounts,
        kind=st.sampled_from([Kind.SOFT, Kind.HARD]),
        channels=st.lists(st.sampled_from(Channel), min_size=1, max_size=2, unique=True),
        fate=crashes,
    )
    def user_opts_out(
        self,
        several: list[str],
        account: int,
        kind: Kind,
        channels: list[Channel],
        fate: Fate | None,
    ) -> None:
        """A user puts numbers on the account's list."""
        with self.step() as now:
            of = self._account(account)
            wanted = Wanted(kind, channels, Source.ADMIN, actor="us_1", by="Olga")

            def done() -> None:
                for phone in several:
                    names = [one.value for one in channels]
                    self.expected[phone].opt_out(kind.value, of.id, names, now)

            for phone in several:
                self.expected[phone].tried.add(of.id)
            add = partial(self.scene.opt_outs.add_many, of, several, wanted)
            self._as_user(add, fate, done)

    @rule(
        what=st.sampled_from(["takes_back", "decides", "dismisses", "reassigns", "moves"]),
        account=accounts,
        phone=phones,
        pick=picks,
        fate=crashes,
    )
    def user_works(self, what: str, account: int, phone: str, pick: int, fate: Fate | None) -> None:
        """A user does something about a contact, a line of the list or a doubt."""
        with self.step() as now:
            of = self._account(account)
            known = dict(self.on_record(phone)).get(of.id)
            match what:
                case "takes_back":
                    self._takes_back(of, pick, fate, now)
                case "decides" | "dismisses":
                    self._decides(of, fate, now, opt_out=what == "decides")
                case "reassigns" if known:
                    done = partial(self.expected[phone].reassign, of.id, now)
                    contact_id = known.contact_id or ""
                    end = partial(reassign, of, contact_id, "us_1", "Olga", self.world.clock)
                    self._as_user(end, fate, done)
                case "moves" if known and (groups := group_store.groups(of.id)):
                    contact_id = known.contact_id or ""
                    queue.move(of, contact_id, groups[0], "Olga", self.world.clock)

    def _takes_back(self, of: Account, pick: int, fate: Fate | None, now: datetime) -> None:
        lines, _ = self.scene.opt_outs.page(of, Filters(), None, 50)
        if not lines:
            return
        line = lines[pick % len(lines)]

        def done() -> None:
            assert line.removable
            self.expected[line.phone].take_back("soft", of.id, line.channel.value, now)

        self._as_user(partial(self.scene.opt_outs.remove, of, line.id, "us_1", "Olga"), fate, done)

    def _decides(self, of: Account, fate: Fate | None, now: datetime, *, opt_out: bool) -> None:
        doubts, _ = self.scene.decisions.page(of, None, 50)
        if not doubts:
            return
        expected = self.expected[doubts[0].phone]

        def done() -> None:
            if opt_out:
                expected.tried.add(of.id)
                expected.lay("hard", EVERYBODY, "sms", now)
            else:
                expected.take_back("held", EVERYBODY, "sms", now)

        verdict = Verdict(opt_out, "us_1", "Olga")
        self._as_user(partial(self.scene.decisions.decide, of, doubts[0].id, verdict), fate, done)

    @rule(fate=fates)
    def everybody_is_texted(self, fate: Fate | None) -> None:
        """Each account sends something to each of its contacts."""
        with self.step() as now:
            for phone in PHONES:
                for account, known in self.on_record(phone):
                    self.number += 1
                    place = Place(
                        thread=contact_thread(account, known.contact_id or ""),
                        sort=f"{stamp(now)}#ms_{self.number}",
                    )
                    message = SendMessage(
                        place=place,
                        account_id=account,
                        contact_id=known.contact_id or "",
                        sender_id=self.world.sender.id,
                        phone=phone,
                        subject=known.subject,
                        purpose=Purpose.BROADCAST,
                        body="News",
                        created_at=now,
                    )
                    self.give(message, fate)
                    fate = None

    def _account(self, number: int) -> Account:
        return list(self.scene.accounts.values())[number]

    def _as_user(
        self, act: Callable[[], object], fate: Fate | None, done: Callable[[], None]
    ) -> None:
        """Let a user do something; it is expected once it is in force.

        Where the process ended, the user sees an error and does the same again.
        """
        work = Work(fate=fate, committed=done)
        if self.work(act, work) is None:
            self.work(act, Work(committed=work.committed))
        self.run()

    # Providers

    @rule(phone=phones, receipt=st.none() | st.sampled_from(RECEIPTS), pick=picks, fate=crashes)
    def provider_says(
        self, phone: str, receipt: MessageState | None, pick: int, fate: Fate | None
    ) -> None:
        """The provider says what became of a message, or refuses a number from now on."""
        sent = self.world.provider.sent
        with self.step() as now:
            if receipt is None:
                refused = Refused(OPTED_OUT, CAUSES[OPTED_OUT], retry=False)
                if self.world.provider.fails.pop(phone, None) is None:
                    self.world.provider.fails[phone] = refused
            elif sent:
                place = from_reference(sent[pick % len(sent)].status_url.partition("ref=")[2])
                assert place
                self.give(self._receipt(place, receipt, now), fate)
                self.run()

    def _receipt(self, place: Place, state: MessageState, now: datetime) -> RecordReceipt:
        return RecordReceipt(
            place=place,
            connection_id=self.world.a.id,
            provider_message_id="SM1",
            state=state,
            code=OPTED_OUT if state == MessageState.FAILED else "",
            received_at=now,
        )

    # Queues, processes and time

    @rule(fate=fates)
    def all_is_handled(self, fate: Fate | None) -> None:
        """The queues are worked off."""
        with self.step():
            self.run(fate)

    @rule(
        what=st.sampled_from(["early", "early", "again", "aside", "redrive"]),
        pick=picks,
        fate=fates,
    )
    def queues_do_as_they_do(self, what: str, pick: int, fate: Fate | None) -> None:
        """They keep no order, deliver twice, and set aside what failed too often."""
        with self.step():
            match what:
                case "early" if command := self.take(pick):
                    self.give(command, fate)
                case "again" if self.handled:
                    self.give(self.handled[-1 - pick % len(self.handled)])
                case "aside" if command := self.take(pick):
                    self.aside.append(command)
                case "redrive":
                    self.world.queue.sent += [(command, 0) for command in self.aside]
                    self.aside.clear()

    @rule(hours=st.sampled_from([1, 25, 24 * 31]))
    def time_passes(self, hours: int) -> None:
        """An hour, a day, or more than a question is waited for."""
        with self.step():
            self.world.clock.advance(hours=hours)

    def teardown(self) -> None:
        """When all is quiet, everything must add up; and all of it again changes nothing."""
        if self.sound:
            all_quiet(self)
