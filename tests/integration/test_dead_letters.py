"""Messages that cannot be handled end among the dead letters, alone."""

from __future__ import annotations

from datetime import UTC, datetime

from assent.integrations.model import Lead, ProcessLead, Via
from assent.integrations.service import hashed, split_api_key
from assent.platform.ids import new_id
from tests.integration.queues import NAMES, Queues
from tests.integration.scene import Scene, new_phone

BAD = ("no JSON at all", "{}", '{"account_id": "ac_1", "surprise": true}')


def lead_command(scene: Scene, number: str) -> str:
    """Return a lead as the edge puts it into the queue."""
    key = scene.stack.demo.api_key
    account, key_id = split_api_key(key)
    now = datetime.now(UTC)
    return ProcessLead(
        receipt_id=new_id("rc", now),
        account_id=account,
        via=Via.API,
        credential=f"{key_id}|{hashed(key)}",
        lead=Lead(first_name="Test", last_name="Person", phone=number),
        evidence={},
        received_at=now,
    ).model_dump_json()


def test_a_message_that_no_schema_matches_leaves_its_batch_alone(scene: Scene) -> None:
    """Bad messages go to dead letters after their tries; the rest of the batch is handled once."""
    queues = Queues(scene.stack)
    first, last = new_phone(), new_phone()
    with queues.hurried("opt-in-requests"):
        queues.send("opt-in-requests", lead_command(scene, first), *BAD, lead_command(scene, last))
        scene.until("the dead letters", lambda: queues.dead("opt-in-requests") >= len(BAD))
        for number in (first, last):
            scene.queued(number)
            assert len(scene.received(number)) == 1
    assert sorted(queues.take_dead("opt-in-requests")) == sorted(BAD)


def test_every_queue_puts_aside_what_it_cannot_read(scene: Scene) -> None:
    """No queue is blocked by a message of no schema, and none is lost."""
    queues = Queues(scene.stack)
    others = [name for name in NAMES if name != "opt-in-requests"]
    with queues.hurried(*others):
        for name in others:
            queues.send(name, *BAD)
        scene.until(
            "the dead letters of all queues",
            lambda: all(queues.dead(name) >= len(BAD) for name in others),
        )
    for name in others:
        assert sorted(queues.take_dead(name)) == sorted(BAD), name
