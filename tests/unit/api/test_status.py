"""What people see of consent where an account has several senders, and others share them."""

from assent.accounts.model import Sender
from assent.api.status import sender_status, senders, statuses, statuses_of_many
from assent.api.views import ChannelStatus
from assent.consent.model import Channel, Kind, Status
from tests.fakes import ANN, BOB, World
from tests.unit.contacts.lists import Lists


def shown(world: World, channel: Channel = Channel.SMS, phone: str = ANN) -> ChannelStatus:
    own = senders(world.a, world.accounts.senders_of(world.a.id))
    return statuses(world.pseudonyms.of(phone), world.a, own, world.clock.now())[channel]


def second(world: World) -> tuple[Lists, Sender]:
    lists = Lists(world)
    return lists, lists.second_sender()


def test_where_senders_differ_the_worst_is_shown_and_each_is_listed(world: World) -> None:
    """S1."""
    world.member()
    lists, other = second(world)
    lists.add(kind=Kind.HARD)
    mine = next(line for line in lists.page() if line.sender_id == other.id)
    world.text("START")
    found = shown(world)
    assert (found.status, found.sender_id) == (Status.HARD_OPT_OUT, other.id)
    assert found.opt_out_id == mine.id
    listed = [(one.sender_id, one.sender_address, one.status) for one in found.by_sender]
    assert listed == [
        (world.sender.id, world.sender.address, Status.SUBSCRIBED),
        (other.id, other.address, Status.HARD_OPT_OUT),
    ]


def test_a_sender_by_which_nothing_is_on_record_says_nothing(world: World) -> None:
    """S1: no consent on a sender that never asked is no worse status."""
    world.member()
    second(world)
    found = shown(world)
    assert (found.status, found.by_sender) == (Status.SUBSCRIBED, [])


def test_a_page_shows_what_each_profile_shows(world: World) -> None:
    contacts = [world.member(phone) for phone in (ANN, BOB)]
    lists, _ = second(world)
    lists.add(BOB)
    own = senders(world.a, world.accounts.senders_of(world.a.id))
    page = statuses_of_many(contacts, world.a, own, world.clock.now())
    for contact in contacts:
        for channel in Channel:
            assert page[contact.id][channel] == shown(world, channel, contact.phone)


def test_a_doubt_holds_and_is_no_opt_out(world: World) -> None:
    """K7."""
    world.member()
    world.text("Stop. I'll be there at 5")
    found = shown(world)
    assert (found.status, found.held, found.opt_out_id) == (Status.SUBSCRIBED, True, None)


def test_who_decided_for_all_accounts_is_not_told(world: World) -> None:
    """Line 9: it may have been another account's user."""
    world.member()
    world.text("STOP")
    record = world.opt_out()
    entry = record.entries["sms|*|hard"].model_copy(update={"by": "Eve of B", "reason": "said so"})
    own = senders(world.a, world.accounts.senders_of(world.a.id))
    from_record = record.model_copy(update={"entries": {"sms|*|hard": entry}})
    found = sender_status(
        Channel.SMS, world.a, own[0], world.consent(), from_record, world.clock.now()
    )
    assert (found.scope, found.by, found.reason) == ("all_accounts", "", "")
