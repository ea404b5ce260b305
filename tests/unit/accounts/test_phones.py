"""A user's own phone is theirs once the code that was texted to it is entered."""

import pytest

from assent.accounts.phones import AGAIN_AFTER, MOST_TRIES, VALID_FOR, PhoneService
from assent.platform.errors import Conflict, Invalid
from tests.fakes import World

PHONE = "+12125550149"


@pytest.fixture
def phones(world: World) -> PhoneService:
    return PhoneService(world.clock)


def test_the_code_proves_it_and_only_then(phones: PhoneService) -> None:
    """B1."""
    with pytest.raises(Conflict, match="Enter your number"):
        phones.verify("user", "123456")
    _, code = phones.begin("user", "(212) 555-0149", "US")
    with pytest.raises(Conflict):
        phones.verified("user")
    with pytest.raises(Conflict):
        phones.verify("somebody-else", code)
    assert phones.verify("user", f" {code} ").phone == PHONE
    assert phones.verified("user").phone == PHONE
    assert phones.verify("user", "whatever").phone == PHONE


def test_guessing_ends_after_five_tries(phones: PhoneService) -> None:
    _, code = phones.begin("user", PHONE, "US")
    for _ in range(MOST_TRIES):
        with pytest.raises(Conflict, match="not the code"):
            phones.verify("user", "x")
    with pytest.raises(Conflict, match="used up"):
        phones.verify("user", code)


def test_a_code_is_good_for_ten_minutes_and_asked_for_once_a_minute(
    phones: PhoneService, world: World
) -> None:
    _, code = phones.begin("user", PHONE, "US")
    with pytest.raises(Conflict, match="less than a minute"):
        phones.begin("user", PHONE, "US")
    world.clock.at += VALID_FOR + AGAIN_AFTER
    with pytest.raises(Conflict, match="used up"):
        phones.verify("user", code)
    _, again = phones.begin("user", PHONE, "US")
    assert phones.verify("user", again).verified_at == world.clock.now()


def test_another_phone_has_to_be_verified_anew(phones: PhoneService, world: World) -> None:
    _, code = phones.begin("user", PHONE, "US")
    phones.verify("user", code)
    world.clock.at += AGAIN_AFTER
    phones.begin("user", "+12125550148", "US")
    with pytest.raises(Conflict):
        phones.verified("user")


def test_what_is_no_number_is_refused(phones: PhoneService) -> None:
    with pytest.raises(Invalid):
        phones.begin("user", "12", "US")
