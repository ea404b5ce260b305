"""Recipients are read some tens at once, and anew when that was a while ago."""

from collections.abc import Iterable

import pytest

from assent.broadcasts.gates import Gates
from assent.broadcasts.plans.model import SLICE
from assent.contacts import store as contacts
from assent.contacts.model import Recipient
from assent.messaging.providers.base import Credentials, Outgoing
from tests.unit.broadcasts.desk import Desk

PEOPLE = 6 * SLICE


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many were read with each look."""
    found: list[int] = []
    people = Gates.people

    def counted(gates: Gates, contact_ids: Iterable[str]) -> dict[str, Recipient]:
        asked = list(contact_ids)
        found.append(len(asked))
        return people(gates, asked)

    monkeypatch.setattr(Gates, "people", counted)
    return found


def test_fifty_are_read_in_one_call(desk: Desk, read: list[int]) -> None:
    """B6: each is sent what it was read for, once."""
    group = desk.world.group()
    desk.people(group, PEOPLE)
    done = desk.send(group)
    assert read == [5 * SLICE, SLICE]
    assert desk.report(done).sent == PEOPLE


def test_what_was_read_a_while_ago_is_read_again(
    desk: Desk, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6, C3: a provider that takes its time does not make a text that is long out of date."""
    group = desk.world.group()
    people = [desk.person(group) for _ in range(3 * SLICE)]
    take, slow = desk.world.provider.send, [True]

    def send(credentials: Credentials, outgoing: Outgoing) -> str:
        if slow:
            slow.clear()
            desk.clock.advance(seconds=6)
        return take(credentials, outgoing)

    monkeypatch.setattr(desk.world.provider, "send", send)
    started = desk.start(group)
    [chunk] = desk.chunks()
    desk.handle(chunk)
    assert read == [3 * SLICE, 2 * SLICE]
    assert desk.report(desk.fresh(started)).sent == len(people)


def test_somebody_who_is_gone_is_looked_for_once(desk: Desk, read: list[int]) -> None:
    """B6: who is missing makes nobody else be read again."""
    group = desk.world.group()
    people = [desk.person(group) for _ in range(2 * SLICE)]
    started = desk.start(group)
    [chunk] = desk.chunks()
    gone = contacts.contact_key(people[0].account_id, people[0].id)
    contacts.ContactRecord(*gone).delete()
    desk.handle(chunk)
    assert read == [2 * SLICE]
    assert desk.report(desk.fresh(started)).excluded == {"contact_gone": 1}
