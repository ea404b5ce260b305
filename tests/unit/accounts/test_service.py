"""What is remembered of the configuration, and for how long."""

from datetime import timedelta

import pytest

from assent.accounts import store
from assent.accounts.model import Account, AccountChange, Member, Role, sender_id
from assent.accounts.service import AccountService, Remembered
from assent.accounts.team import store as team_store
from assent.platform.clock import FixedClock
from assent.platform.errors import Forbidden, NotFound
from assent.platform.tables import Unavailable
from tests.calls import recorded, throttled_tables
from tests.fakes import World


class Shelf:
    """A slow source of values that can break."""

    def __init__(self) -> None:
        self.value: str | None = "first"
        self.broken = False
        self.reads = 0

    def load(self, _: str) -> str | None:
        self.reads += 1
        if self.broken:
            raise Unavailable[0]("throttled")
        return self.value


def test_a_value_is_kept_for_its_age_and_no_longer() -> None:
    """Q10: a pause counts everywhere within 10 s."""
    clock, shelf = FixedClock(), Shelf()
    kept = Remembered[str](clock, timedelta(seconds=10))
    assert kept.get("k", shelf.load) == "first"
    shelf.value = "second"
    clock.advance(seconds=9)
    assert kept.get("k", shelf.load) == "first"
    clock.advance(seconds=1)
    assert kept.get("k", shelf.load) == "second"
    assert shelf.reads == 2


def test_a_value_of_any_age_is_better_than_none() -> None:
    clock, shelf = FixedClock(), Shelf()
    kept = Remembered[str](clock, timedelta(seconds=10))
    kept.get("k", shelf.load)
    shelf.broken = True
    clock.advance(days=1)
    assert kept.get("k", shelf.load) == "first"
    with pytest.raises(Unavailable):
        kept.get("other", shelf.load)


def test_a_table_that_fails_is_not_asked_again_at_once() -> None:
    """Every look that fails takes seconds of the few that a web handler has."""
    clock = FixedClock()
    kept: Remembered[str] = Remembered(clock, timedelta(seconds=10))
    kept.get("a", lambda _: "old")
    clock.advance(seconds=11)
    looks = []

    def fail(key: str) -> str:
        looks.append(key)
        raise Unavailable[0]("throttled")

    assert [kept.get("a", fail), kept.get("a", fail)] == ["old", "old"]
    assert looks == ["a"]


def test_what_was_not_found_is_looked_for_again() -> None:
    shelf = Shelf()
    shelf.value = None
    kept = Remembered[str](FixedClock(), timedelta(seconds=10))
    assert kept.get("k", shelf.load) is None
    shelf.value = "made"
    assert kept.get("k", shelf.load) == "made"


def test_what_was_deleted_is_forgotten_after_its_age() -> None:
    clock, shelf = FixedClock(), Shelf()
    kept = Remembered[str](clock, timedelta(seconds=10))
    kept.get("k", shelf.load)
    shelf.value = None
    clock.advance(seconds=10)
    assert kept.get("k", shelf.load) is None


def test_accounts_and_senders_are_read_once_in_ten_seconds(world: World) -> None:
    service = AccountService(world.clock)
    with recorded() as calls:
        for _ in range(3):
            service.account(world.a.id)
            service.sender(world.sender.id)
    assert len(calls) == 2


def test_a_change_by_another_process_is_not_written_over(world: World) -> None:
    """Two administrators change different settings within the same ten seconds."""
    first, second = AccountService(world.clock), AccountService(world.clock)
    first.account(world.a.id)
    second.change(world.a.id, AccountChange(name="Harbor"))
    first.change(world.a.id, AccountChange(time_zone="America/Chicago"))
    stored = store.account(world.a.id)
    assert stored is not None
    assert (stored.name, stored.time_zone) == ("Harbor", "America/Chicago")


def test_a_user_switches_between_their_accounts_only(world: World) -> None:
    """Line 9."""
    team_store.put_member(Member(user_id="visitor", account_id=world.b.id, role=Role.VIEWER))
    assert world.accounts.member("visitor", None).account_id == world.b.id
    assert world.accounts.member("user", world.c.id).role == Role.OWNER
    with pytest.raises(Forbidden):
        world.accounts.member("visitor", world.a.id)
    with pytest.raises(Forbidden):
        world.accounts.member("nobody", None)


def test_a_role_that_was_taken_away_counts_within_a_minute(world: World) -> None:
    assert world.accounts.member("user", world.a.id).role == Role.OWNER
    team_store.put_member(Member(user_id="user", account_id=world.a.id, role=Role.VIEWER))
    world.clock.advance(seconds=60)
    assert world.accounts.member("user", world.a.id).role == Role.VIEWER


def test_a_sender_that_is_not_shared_with_the_account_is_unknown(world: World) -> None:
    stranger = Account(id=f"ac_{'D' * 26}", name="D", sender_id=world.sender.id)
    store.put_account(stranger)
    with pytest.raises(NotFound):
        world.accounts.sender_for(stranger.id, world.sender.id)


def test_accounts_that_share_a_sender_are_listed_a_page_at_a_time(world: World) -> None:
    assert store.sharing(world.sender.id, limit=2) == [world.a.id, world.b.id]
    assert store.sharing(world.sender.id, after=world.b.id, limit=2) == [world.c.id]
    assert store.sharing(world.sender.id, after=world.c.id, limit=2) == []


def test_an_account_is_made_once(world: World) -> None:
    assert store.put_account(world.a.model_copy(update={"name": "Impostor"})) is False
    with throttled_tables(), pytest.raises(Unavailable):
        store.account(world.a.id)


@pytest.mark.parametrize("written", ["+1 888 555-0100", "18885550100", "(1) 888.555.0100"])
def test_a_sender_has_one_id_however_its_number_is_written(written: str) -> None:
    assert sender_id(written) == "sn_18885550100"
