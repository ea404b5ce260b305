"""The opt-out list of the small world: adding to it, reading it, and a second sender."""

from assent.accounts import store as accounts
from assent.accounts.model import Account, Sender, sender_id
from assent.consent.model import Channel, Kind, Source
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Group, Membership
from assent.contacts.opt_outs import Filters, Listed, OptOutService, Wanted
from tests.fakes import ANN, World

BOTH = [Channel.SMS, Channel.VOICE]
SECOND = "+18885550177"


class Lists:
    """Opt-out lists of the accounts of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.service = OptOutService(world.clock, world.accounts, world.pseudonyms)

    def add(
        self,
        *phones: str,
        kind: Kind = Kind.SOFT,
        channels: list[Channel] | None = None,
        account: Account | None = None,
        source: Source = Source.ADMIN,
    ) -> dict[str, str]:
        """Let Omar opt numbers out, a second after whatever was before."""
        self.world.clock.advance(seconds=1)
        wanted = Wanted(
            kind=kind,
            channels=channels or [Channel.SMS],
            source=source,
            actor="user-2",
            by="Omar",
            reason="moved away",
        )
        return self.service.add_many(account or self.world.a, list(phones) or [ANN], wanted)

    def remove(self, line: Listed, account: Account | None = None) -> list[str]:
        self.world.clock.advance(seconds=1)
        found = self.service.remove(account or self.world.a, line.id, "user-1", "Olga")
        return found[1]

    def page(
        self, filters: Filters | None = None, account: Account | None = None, **more: object
    ) -> list[Listed]:
        cursor, limit = more.get("cursor"), more.get("limit", 50)
        assert cursor is None or isinstance(cursor, str)
        assert isinstance(limit, int)
        found, _ = self.service.page(account or self.world.a, filters or Filters(), cursor, limit)
        return found

    def line(self, phone: str = ANN, account: Account | None = None) -> Listed:
        [found] = self.page(Filters(number=phone), account)
        return found

    def second_sender(self) -> Sender:
        """Give account A a sender of its own beside the shared one."""
        made = self.world.sender.model_copy(
            update={"id": sender_id(SECOND), "address": SECOND, "program_name": "Harbor News"}
        )
        accounts.put_sender(made)
        self.world.clock.advance(seconds=11)
        return made

    def channels(self, group: Group, phone: str = ANN) -> frozenset[Channel]:
        return self.membership(group, phone).channels

    def membership(self, group: Group, phone: str = ANN) -> Membership:
        contact = self.world.contact(phone)
        assert contact is not None
        found = member_store.memberships(self.world.a.id, contact)
        return next(one for one in found if one.group_id == group.id)
