"""API keys and forms' keys: what is stored of them, and what they lead to."""

import hmac

import pytest

from assent.integrations import service as integrations
from assent.integrations import store
from assent.integrations.model import IntegrationState
from assent.integrations.service import hashed, split_api_key, split_form_key
from assent.platform.errors import Invalid, NotFound, Unauthorised
from tests.fakes import DISCLOSURE, World


def test_a_key_is_stored_as_its_hash_and_no_more(world: World) -> None:
    """I5."""
    account_id, key_id = split_api_key(world.api_key)
    kept = store.by_key(account_id, key_id)
    assert kept is not None
    assert kept.hash == hashed(world.api_key)
    secret = world.api_key.rpartition("_")[2]
    everything = str([dict(r.attribute_values) for r in store.CredentialRecord.scan()])
    assert secret not in everything
    assert len(secret) == 64


def test_a_key_leads_to_its_integration(world: World) -> None:
    assert world.integrations.by_api_key(world.api_key).id == world.integration.id
    assert world.integrations.by_form_key(world.integration.form_key).id == world.integration.id


def test_a_wrong_secret_is_refused_through_a_comparison_in_constant_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I5."""
    compared: list[tuple[str, str]] = []

    class Watched:
        @staticmethod
        def compare_digest(one: str, other: str) -> bool:
            compared.append((one, other))
            return hmac.compare_digest(one, other)

    monkeypatch.setattr(integrations, "hmac", Watched)
    wrong = world.api_key[:-1] + ("0" if world.api_key[-1] != "0" else "1")
    with pytest.raises(Unauthorised):
        world.integrations.by_api_key(wrong)
    assert compared == [(hashed(world.api_key), hashed(wrong))]


@pytest.mark.parametrize(
    "key",
    ["", "ak", "ak___", "ak_A_B_C_D", "xx_A_B_C", "ak_A#integration_B_C", "ak_Ä_B_C", "ak_A_B_C"],
)
def test_a_key_that_is_none_is_refused(world: World, key: str) -> None:
    with pytest.raises(Unauthorised) as refused:
        world.integrations.by_api_key(key)
    assert refused.value.code == "bad_key"


@pytest.mark.parametrize("key", ["", "robots.txt", "a" * 26, f"{'a' * 26}-", f"{'a' * 26}-x#y"])
def test_a_forms_key_that_is_none_is_not_found(key: str) -> None:
    with pytest.raises(NotFound):
        split_form_key(key)


def test_the_key_of_another_account_does_not_open_this_one(world: World) -> None:
    """Line 9."""
    _, key = world.integrations.create(world.b.id, "B's", DISCLOSURE)
    swapped = key.replace(world.b.id[3:], world.a.id[3:])
    with pytest.raises(Unauthorised):
        world.integrations.by_api_key(swapped)
    with pytest.raises(NotFound):
        world.integrations.get(world.a.id, world.integrations.by_api_key(key).id)


def test_a_pause_counts_within_ten_seconds(world: World) -> None:
    """Q10."""
    world.integrations.by_api_key(world.api_key)
    changes = {"state": IntegrationState.PAUSED}
    world.integrations.change(world.a.id, world.integration.id, **changes)
    world.clock.advance(seconds=10)
    assert world.integrations.by_api_key(world.api_key).state == IntegrationState.PAUSED


@pytest.mark.parametrize(
    ("name", "disclosure", "field"), [("", DISCLOSURE, "name"), ("CRM", "too short", "disclosure")]
)
def test_a_bad_integration_is_named_and_not_made(
    world: World, name: str, disclosure: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        world.integrations.create(world.b.id, name, disclosure)
    assert [problem.field for problem in refused.value.fields] == [field]
    assert world.integrations.all(world.b.id) == []
