"""Questions that were asked, JOIN words that were registered, and what stands of both."""

from assent.accounts.model import Account
from assent.consent.model import Channel, Standing
from assent.contacts.groups.model import Group
from assent.contacts.groups.service import create_group
from tests.fakes import ANN, DISCLOSURE, World

WORD = "NEWS"


def ask(world: World, phone: str = ANN) -> None:
    """Let a lead come in by an integration with double opt-in."""
    key = world.integrations.create(
        world.a.id, "Double", DISCLOSURE, double_opt_in=True, channels=[Channel.SMS]
    )[1]
    world.lead(phone, key=key)


def register(world: World, word: str = WORD, account: Account | None = None) -> Group:
    """Register a JOIN word that leads to a group of its own."""
    owner = account or world.a
    group = create_group(owner, f"By {word}", world.clock)
    world.senders.add_word(owner.id, world.sender.id, word, group.id)
    return group


def standing(world: World, phone: str = ANN, account: Account | None = None) -> Standing:
    return world.consent(phone, account).agreement(world.sender.id, Channel.SMS).standing
