"""What a broadcast costs: whole micro-dollars, by dated prices or the sender's own, not a guess."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.accounts.model import Sender, SenderChange
from assent.broadcasts.costs import Basis, Cost, cost, units_of
from assent.broadcasts.reports import report, spent
from assent.consent.model import Channel
from assent.messaging import prices
from assent.messaging.model import MessageState
from assent.messaging.providers import PROVIDERS
from tests.fakes import World
from tests.unit.broadcasts.desk import Desk

DAY = date(2026, 11, 26)
SENDER = Sender(
    id="sn_1",
    address="+18885550100",
    owner_id="ac_1",
    program_name="Harbor Alerts",
    help_text="",
    stop_text="",
    start_text="",
)


def test_every_price_has_a_source_a_day_and_no_fraction() -> None:
    """B1."""
    assert prices.PRICES
    for one in prices.PRICES:
        assert type(one.micros) is type(one.carrier_fee_micros) is int
        assert one.micros > 0
        assert one.source
        assert one.seen_on <= DAY
    keys = [(one.provider, one.country, one.channel, one.from_) for one in prices.PRICES]
    assert len(set(keys)) == len(keys)


def test_a_listed_price_is_named_with_its_source_and_the_carriers_part() -> None:
    """B1: so that whoever has a contract sees that it is not the own price."""
    found = cost(SENDER, Channel.SMS, {"US": 10}, DAY)
    assert (found.micros, found.each_micros, found.carrier_micros) == (128_000, 12_800, 4_500)
    assert (found.basis, found.confirmed, found.seen_on) == (
        Basis.LISTED,
        False,
        date(2026, 11, 9),
    )
    assert "Twilio" in found.source


def test_where_no_price_is_known_it_says_so_and_not_nothing() -> None:
    """B1: unknown is not free."""
    found = cost(SENDER, Channel.SMS, {"GB": 10, "": 1}, DAY)
    assert (found.micros, found.priced, found.unpriced, found.basis) == (
        None,
        0,
        11,
        Basis.UNKNOWN,
    )
    some = cost(SENDER, Channel.SMS, {"GB": 10, "US": 1}, DAY)
    assert (some.micros, some.priced, some.unpriced) == (12_800, 1, 10)


def test_the_senders_own_price_counts_for_all(world: World) -> None:
    """B1: contracts differ; a price can be taken away again."""
    change = SenderChange(segment_price_micros=5_100, minute_price_micros=0)
    own = world.senders.change(world.a.id, world.sender.id, change)
    found = cost(own, Channel.SMS, {"US": 2, "GB": 1}, DAY)
    assert (found.micros, found.unpriced, found.basis) == (15_300, 0, Basis.OWN)
    assert cost(own, Channel.VOICE, {"US": 2}, DAY).micros == 0
    again = world.senders.change(
        world.a.id, world.sender.id, SenderChange.model_validate({"segment_price_micros": None})
    )
    assert (again.segment_price_micros, again.minute_price_micros) == (None, 0)
    kept = world.senders.change(world.a.id, world.sender.id, SenderChange())
    assert kept.minute_price_micros == 0


def test_what_a_sender_cannot_be_without_is_not_taken_away(world: World) -> None:
    before = world.sender
    nothing = SenderChange.model_validate({"program_name": None, "daily_cap": None})
    after = world.senders.change(world.a.id, before.id, nothing)
    assert after.program_name == before.program_name


def test_with_several_providers_a_price_is_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROVIDERS, "other", PROVIDERS["twilio"])
    assert cost(SENDER, Channel.SMS, {"US": 1}, DAY).micros is None


@pytest.mark.parametrize(("words", "minutes"), [(5, 1), (100, 1), (140, 2), (300, 3)])
def test_a_call_is_charged_by_the_begun_minute(words: int, minutes: int) -> None:
    """B1: with all that is said in it."""
    assert units_of(SENDER, Channel.VOICE, "word " * words, segments=1) == minutes
    assert units_of(SENDER, Channel.SMS, "word " * words, segments=7) == 7


@given(
    units=st.dictionaries(st.sampled_from(["US", "GB", "CA", "", "MX"]), st.integers(0, 10**7)),
    own=st.none() | st.integers(0, 10_000_000),
    channel=st.sampled_from(Channel),
)
def test_what_is_priced_and_what_is_not_add_up(
    units: dict[str, int], own: int | None, channel: Channel
) -> None:
    """B1: nothing is lost between them, and all is in whole micro-dollars."""
    sender = SENDER.model_copy(update={"segment_price_micros": own, "minute_price_micros": own})
    found = cost(sender, channel, units, DAY)
    assert found.priced + found.unpriced == sum(units.values())
    assert found.micros is None or type(found.micros) is int
    assert (found.micros is None) == (found.basis == Basis.UNKNOWN)
    if found.each_micros is not None:
        assert found.micros == found.each_micros * found.priced


def spent_by(desk: Desk, made_id: str) -> Cost | None:
    made = desk.service.get(desk.world.a.id, made_id)
    return spent(made, report(made), desk.world.accounts.sender(made.sender_id))


def test_the_report_says_what_was_spent(desk: Desk) -> None:
    """B5, B1: copies that were sent, at the price of the day."""
    group = desk.world.group()
    ann, _ = desk.person(group), desk.person(group)
    draft = desk.draft(group)
    assert spent_by(desk, draft.id) is None
    desk.begin(draft)
    desk.run()
    desk.handle(desk.receipt_for(draft, ann, MessageState.FAILED, "30003"))
    found = spent_by(desk, draft.id)
    assert found is not None
    assert (found.micros, found.priced) == (12_800, 1)


def test_a_broadcast_whose_sender_is_gone_has_no_cost(desk: Desk) -> None:
    done = desk.send(desk.world.group())
    assert spent(desk.fresh(done), report(desk.fresh(done)), None) is None
