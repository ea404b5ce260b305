"""What carriers take for texts and calls: a dated list with its sources. Pure.

Prices are in micro-dollars (a millionth of a US dollar), whole numbers. They are list prices for
those without a contract, before discounts by volume; a sender may have its own price instead. What
is not listed has no known price, which is not the same as none.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from assent.consent.model import Channel
from assent.messaging.providers import PROVIDERS
from assent.sms.numbers import InvalidNumber, parse


@dataclass(frozen=True, slots=True)
class Price:
    """What a segment, or a begun minute of a call, costs to a country with a provider."""

    provider: str
    country: str
    channel: Channel
    micros: int
    carrier_fee_micros: int  # on top, where carriers take one: the highest of the large ones
    seen_on: date
    source: str
    from_: date | None = None
    until: date | None = None
    # Whether the provider's own page was the source, or somebody who quotes it.
    confirmed: bool = True

    @property
    def whole(self) -> int:
        """The price with the carrier's fee."""
        return self.micros + self.carrier_fee_micros

    def in_force(self, day: date) -> bool:
        """Tell whether it holds on a day; the last day is not included."""
        return (self.from_ or day) <= day and (self.until is None or day < self.until)


PRICES = (
    Price(
        provider="twilio",
        country="US",
        channel=Channel.SMS,
        micros=8_300,
        carrier_fee_micros=4_500,
        seen_on=date(2026, 11, 9),
        source=(
            "Twilio, SMS pricing for the United States, current as of October 2026: $0.0083 a"
            " segment from long codes, toll-free numbers and short codes alike, as transcribed by"
            " API Evangelist on 2026-11-12. Carrier fee: $0.0035 to $0.0045 a segment, TextVolt,"
            " Carrier fee snapshot by carrier, 2026-05-26."
        ),
        confirmed=False,
    ),
    Price(
        provider="twilio",
        country="US",
        channel=Channel.VOICE,
        micros=14_000,
        carrier_fee_micros=0,
        seen_on=date(2026, 11, 26),
        source=(
            "Twilio, outbound calls in the United States: about $0.014 a minute, as quoted by"
            " resellers (HoopAI, Phone system pricing)."
        ),
        confirmed=False,
    ),
)
"""The list. Other countries and providers have no known price here."""

WORDS_A_MINUTE = 150
"""How fast texts are read aloud, to say how many minutes a call takes."""


def price(provider: str, country: str, channel: Channel, day: date) -> Price | None:
    """Look a price up; nothing where it is not known."""
    wanted = (provider, country, channel)
    return next(
        (
            one
            for one in PRICES
            if (one.provider, one.country, one.channel) == wanted and one.in_force(day)
        ),
        None,
    )


def only_provider() -> str:
    """Name the provider of all senders, where there is but one; empty where it is not known."""
    return next(iter(PROVIDERS)) if len(PROVIDERS) == 1 else ""


@lru_cache(maxsize=10_000)
def country_of(phone: str) -> str:
    """Return the country that a number belongs to; empty where that cannot be said."""
    try:
        return parse(phone).region
    except InvalidNumber:
        return ""


def minutes(lines: list[str]) -> int:
    """Estimate the minutes of a call that says these lines; each begun one counts."""
    words = sum(len(line.split()) for line in lines)
    return max(1, -(-words // WORDS_A_MINUTE))
