"""What a lead leaves as evidence: enough to prove, small enough to cost one write unit."""

import hashlib

import boto3
import pytest

from assent.consent.chains import store as chain_store
from assent.integrations import store
from assent.integrations.ingest import Caller, agent
from bench.units import item_size
from tests.fakes import ANN, World

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)
URL = f"https://d111111abcdef8.cloudfront.net/f/{'0' * 26}-bcdfghjkmn"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (CHROME, "(Windows NT 10.0; Win64; x64) Chrome/141.0.0.0"),
        (
            IPHONE,
            "(iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
        ("x" * 1000, "x" * 90),
    ],
)
def test_of_a_browser_is_kept_what_tells_it_from_others(said: str, kept: str) -> None:
    """P1."""
    assert agent(said) == kept


@pytest.mark.parametrize("browser", [CHROME, IPHONE])
def test_a_leads_event_is_smaller_than_a_write_unit(world: World, browser: str) -> None:
    """P1: with a disclosure of 300 characters, by the form."""
    disclosure = "I agree to get texts. " * 14
    made, _ = world.integrations.create(world.a.id, "Long", disclosure[:300])
    fields = {"first_name": "Ann", "last_name": "Lee", "phone": ANN, "consent": "yes"}
    world.clock.advance(microseconds=123456)
    caller = Caller(ip="203.0.113.195", user_agent=browser, url=URL)
    world.ingest.from_form(made.form_key, fields, caller)
    world.run()
    [item] = boto3.client("dynamodb").scan(TableName="assent-test-ledger")["Items"]
    assert item_size(dict(item)) < 1024
    [event] = chain_store.events(world.a.id, world.consent().subject)
    assert event.evidence == {
        "ip": "203.0.113.195",
        "url": URL,
        "user_agent": agent(browser),
        "disclosure_sha256": hashlib.sha256(made.disclosure.encode()).hexdigest(),
    }


def test_the_words_are_there_before_any_lead_can_name_them(world: World) -> None:
    """P1: one item per account and wording, and none of another account's."""
    words = "I agree to get texts from Harbor Alerts, any time."
    first, _ = world.integrations.create(world.a.id, "One", words)
    second, _ = world.integrations.create(world.a.id, "Two", words)
    assert first.disclosure_sha256 == second.disclosure_sha256
    assert store.disclosure(world.a.id, first.disclosure_sha256) == words
    assert store.disclosure(world.b.id, first.disclosure_sha256) is None
    assert store.disclosure(world.a.id, "0" * 64) is None
