"""The one rule of hours against what it means, asked of the clocks on the walls themselves."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import example, given, settings
from hypothesis import strategies as st

from assent.consent import rules
from assent.consent.hours import Whereabouts, is_open, opens_at
from assent.consent.places import ELSEWHERE, STATES, UNKNOWN

PLACES = st.sampled_from([*sorted(STATES), ELSEWHERE, UNKNOWN])
ZONES = st.lists(st.sampled_from(sorted(available_timezones())), max_size=3).map(tuple)
MOMENTS = st.integers(0, 3 * 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
SECOND = timedelta(seconds=1)


def allowed(place: str, zones: tuple[str, ...], at: datetime) -> bool:
    """Look at the clock in each zone, and at the place's hours on the day that it shows."""
    walls = [at.astimezone(ZoneInfo(zone)) for zone in zones]
    windows = [rules.quiet_hours(place, wall.date()).on(wall.date()) for wall in walls]
    return bool(zones) and all(
        window is not None and window.holds(wall.time())
        for wall, window in zip(walls, windows, strict=True)
    )


@settings(max_examples=60, deadline=None)
@given(PLACES, ZONES, MOMENTS)
# Clocks go forward and back in New York; Lord Howe changes by half an hour; Samoa is across the
# date line.
@example("NY", ("America/New_York",), datetime(2026, 3, 8, 12, tzinfo=UTC))
@example("NY", ("America/New_York",), datetime(2026, 11, 1, 12, 59, tzinfo=UTC))
@example(ELSEWHERE, ("Australia/Lord_Howe",), datetime(2026, 10, 3, 22, tzinfo=UTC))
@example(UNKNOWN, ("Pacific/Apia", "Pacific/Pago_Pago"), datetime(2026, 4, 5, 6, tzinfo=UTC))
def test_it_opens_when_every_clock_allows_it_and_not_a_moment_before(
    place: str, zones: tuple[str, ...], now: datetime
) -> None:
    """B4: through the days on which clocks change."""
    where = Whereabouts(place, zones)
    assert is_open(where, now) == allowed(place, zones, now)
    opens = opens_at(where, now)
    if opens is None:
        # A day has no hour in common, whatever day it is.
        hours = (now + timedelta(hours=ahead) for ahead in range(8 * 24))
        assert not any(allowed(place, zones, hour) for hour in hours)
        return
    assert opens >= now
    assert allowed(place, zones, opens)
    assert opens == now or not allowed(place, zones, opens - SECOND)
    steps = int((opens - now) / timedelta(minutes=15))
    assert not any(allowed(place, zones, now + timedelta(minutes=15 * n)) for n in range(steps))
