"""Where histories take place: the world of the other tests, with more to agree to and to refuse."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from assent.accounts import store as accounts_store
from assent.accounts.model import Account, JoinWord
from assent.consent import store as consent_store
from assent.consent.model import Channel
from assent.contacts.groups.service import create_group
from assent.contacts.opt_outs import OptOutService
from assent.integrations.health.tally import Tally
from assent.messaging.decisions.service import DecisionService
from assent.messaging.providers.base import Credentials, Outgoing
from tests.fakes import DISCLOSURE, FakeProvider, World
from tests.properties.consent.door import Door, Snapshot

BEGINNING = datetime(2026, 1, 5, 15, tzinfo=UTC)
BOTH = [Channel.SMS, Channel.VOICE]


@dataclass(frozen=True)
class Source:
    """A way in for leads, as a history uses it."""

    id: str
    account_id: str
    key: str
    channels: list[str]
    asks: bool


class FatefulProvider(FakeProvider):
    """A provider behind the same door: the process may end before it, or before its answer."""

    def __init__(self, door: Door) -> None:
        super().__init__()
        self.door = door
        self.watch: Callable[[Outgoing], None] = lambda _: None

    def send(self, credentials: Credentials, outgoing: Outgoing) -> str:
        take = partial(super().send, credentials, outgoing)
        self.watch(outgoing)
        return str(self.door.call(outgoing.phone, take))


class Scene:
    """Accounts A, B and C, their ways in for leads, groups and JOIN words; restored at will."""

    def __init__(self, world: World, provider: FatefulProvider, door: Door) -> None:
        self.world, self.provider, self.door = world, provider, door
        world.clock.at = BEGINNING
        self.accounts = {account.id: account for account in (world.a, world.b, world.c)}
        self.opt_outs = OptOutService(world.clock, world.accounts, world.pseudonyms)
        self.decisions = DecisionService(
            world.clock, world.accounts, outbound=world.queue, effects=world.queue
        )
        self.sources = [
            self._source(world.a, "Website", BOTH, asks=False),
            self._source(world.a, "Fair", BOTH, asks=True),
            self._source(world.b, "Website", [Channel.SMS], asks=False),
            self._source(world.c, "Website", BOTH, asks=True),
        ]
        self.words = {
            "sunshine": self._word(world.a, "sunshine"),
            "harvest": self._word(world.b, "harvest"),
        }
        self._kept = Snapshot()

    def _source(
        self, account: Account, name: str, channels: list[Channel], *, asks: bool
    ) -> Source:
        made, key = self.world.integrations.create(
            account.id, name, DISCLOSURE, channels=channels, double_opt_in=asks
        )
        return Source(made.id, account.id, key, [one.value for one in channels], asks)

    def _word(self, account: Account, word: str) -> tuple[str, str]:
        group = create_group(account, word.title(), self.world.clock)
        made = JoinWord(
            sender_id=self.world.sender.id,
            word=word,
            folded=word,
            account_id=account.id,
            group_id=group.id,
            created_at=BEGINNING,
        )
        assert accounts_store.add_join_word(made)
        return account.id, group.id

    def restore(self) -> None:
        """Begin anew."""
        self._kept.restore()
        self.door.works.clear()
        world = self.world
        world.clock.at = BEGINNING
        world.queue.sent.clear()
        world.provider.sent.clear()
        world.provider.fails.clear()
        world.leads._tally = Tally()

    def contacts(self, phone: str) -> dict[str, str]:
        """The contact of a phone in each account that has one."""
        subject = self.world.pseudonyms.of(phone)
        return {
            account: known.contact_id
            for account in self.accounts
            if (known := consent_store.consent(account, subject)).contact_id
        }
