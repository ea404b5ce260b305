"""What a broadcast costs to carry: segments or minutes times their price, in micro-dollars. Pure.

An estimate: carriers charge by what they did, this counts what was, or would be, sent.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from assent.accounts.model import Sender
from assent.consent.model import Channel
from assent.messaging import prices, spoken


class Basis(StrEnum):
    """Where a price is from."""

    OWN = "own"  # the sender's, as its account entered it
    LISTED = "listed"
    UNKNOWN = "unknown"


class Cost(BaseModel):
    """What so many segments, or begun minutes of calls, cost in micro-dollars.

    `micros` is nothing where no price is known; otherwise it is the price of the `priced` ones,
    and of `unpriced` ones, to other countries, nobody knows. `each_micros` is the price of one,
    where all have the same, with what carriers take on top (`carrier_micros` of it).
    """

    model_config = ConfigDict(frozen=True)

    micros: int | None
    priced: int
    unpriced: int
    each_micros: int | None
    carrier_micros: int
    basis: Basis
    confirmed: bool
    source: str
    seen_on: date | None


def cost(sender: Sender, channel: Channel, units: Mapping[str, int], day: date) -> Cost:
    """Price segments, or minutes, that are given by the country of their recipients."""
    voice = channel == Channel.VOICE
    own = sender.minute_price_micros if voice else sender.segment_price_micros
    if own is not None:
        return _own(own, sum(units.values()))
    provider = prices.only_provider()
    total = priced = unpriced = 0
    found: dict[str, prices.Price] = {}
    for country, number in units.items():
        listed = prices.price(provider, country, channel, day)
        if listed is None:
            unpriced += number
            continue
        found[country] = listed
        priced += number
        total += number * listed.whole
    listed_prices = list(found.values())
    same = len({one.whole for one in listed_prices}) == 1
    first = listed_prices[0] if listed_prices else None
    return Cost(
        micros=total if first else None,
        priced=priced,
        unpriced=unpriced,
        each_micros=first.whole if first and same else None,
        carrier_micros=first.carrier_fee_micros if first and same else 0,
        basis=Basis.LISTED if first else Basis.UNKNOWN,
        confirmed=bool(first) and all(one.confirmed for one in listed_prices),
        source=" ".join(dict.fromkeys(one.source for one in listed_prices)),
        seen_on=min((one.seen_on for one in listed_prices), default=None),
    )


def _own(price: int, units: int) -> Cost:
    return Cost(
        micros=price * units,
        priced=units,
        unpriced=0,
        each_micros=price,
        carrier_micros=0,
        basis=Basis.OWN,
        confirmed=True,
        source="",
        seen_on=None,
    )


def units_of(sender: Sender, channel: Channel, body: str, segments: int) -> int:
    """Say as how many segments, or begun minutes, one copy is charged."""
    return prices.minutes(spoken.message(sender, body)) if channel == Channel.VOICE else segments
