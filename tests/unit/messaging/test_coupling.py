"""An account may choose that STOP also ends calls; the others' calls are not concerned."""

import pytest

from assent.accounts.model import AccountChange
from assent.consent.check import check
from assent.consent.listing import store as listing_store
from assent.consent.model import Channel, OptOut, Suppression
from tests.fakes import ANN, World

SMS, VOICE = Channel.SMS, Channel.VOICE


@pytest.fixture
def coupled(world: World) -> World:
    """Account A has made the choice, and knows Ann on both channels; B has not."""
    world.accounts.change(world.a.id, AccountChange(stop_ends_calls=True))
    world.queued()
    return world


def lines(record: OptOut, world: World) -> tuple[bool, bool]:
    """Whether calls are ended for A, and for B."""
    against = (record.opted_out(VOICE, one.id) for one in (world.a, world.b))
    mine, theirs = (entry is not None for entry in against)
    return mine, theirs


def test_stop_ends_calls_where_the_account_chose_so(coupled: World) -> None:
    """S5: with the time and the source of the STOP, red, for this account only."""
    coupled.text("STOP")
    record = coupled.opt_out()
    assert lines(record, coupled) == (True, False)
    texts, calls = record.opted_out(SMS, coupled.a.id), record.opted_out(VOICE, coupled.a.id)
    assert texts is not None
    assert calls is not None
    assert calls.suppression == Suppression.HARD
    assert (calls.effective_at, calls.source) == (texts.effective_at, texts.source)
    rows = listing_store.listed(coupled.a.id)
    assert sorted(row.rpartition("#")[2] for row in rows) == ["sms", "voice"]


def test_start_allows_calls_again(coupled: World) -> None:
    """S5, O10: whatever ended them before the START, and the list is empty again."""
    coupled.text("STOP")
    coupled.text("START")
    assert lines(coupled.opt_out(), coupled) == (False, False)
    assert listing_store.listed(coupled.a.id) == []
    assert check(coupled.sender.id, coupled.pseudonyms.of(ANN)).ok


def test_done_twice_it_changes_nothing(coupled: World) -> None:
    """K2: effects are repeated and come late."""
    for body in ("STOP", "START"):
        coupled.text_only(body)
        commands = list(coupled.queue.sent)
        coupled.run()
        once = coupled.opt_out()
        coupled.queue.sent = commands
        coupled.run()
        assert coupled.opt_out() == once


def test_without_the_choice_calls_are_a_channel_of_their_own(world: World) -> None:
    """S2: the default."""
    world.queued()
    world.text("STOP")
    assert lines(world.opt_out(), world) == (False, False)
