"""Claim, then read, then send: what happens where something goes wrong in between."""

import json

import boto3
import pytest
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import ClientError
from pynamodb.exceptions import PutError

from assent.accounts import store as accounts
from assent.contacts.model import ComplianceState, QueueState
from assent.contacts.queue import service as queue
from assent.contacts.queue import store as queue_store
from assent.messaging import store
from assent.messaging.claims import store as claims
from assent.messaging.credentials import credentials
from assent.messaging.dispatch import TryLater, explain, from_reference, reference
from assent.messaging.model import MessageState, Place, RecordReceipt, SendMessage
from assent.messaging.providers.base import Refused
from assent.messaging.providers.twilio import CAUSES
from assent.platform.errors import NotFound
from assent.platform.queues import Command, NotSent
from assent.platform.settings import Settings
from tests.calls import Call, Died, answer_lost, each_call, ignore, recorded
from tests.fakes import ANN, CALLER, World
from tests.unit.functions.deployment import forget_parameters

BUSY = Refused("429", CAUSES["30008"], retry=True)


def compliance(world: World) -> SendMessage:
    """Take the lead in, and hold its compliance message back."""
    body = {"first_name": "Ann", "last_name": "Lee", "phone": ANN}
    world.ingest.from_api(world.api_key, body, CALLER)
    [(command, _)] = world.queue.sent
    world.queue.sent = []
    world.handle(command)
    [message] = world.queue.take(SendMessage)
    return message


def state(world: World, message: SendMessage) -> MessageState | None:
    kept = store.row(message.place)
    return MessageState(kept.state) if kept else None


def test_the_order_is_claim_read_send(world: World) -> None:
    """Line 2: the opt-out list is read after the claim, strongly consistent."""
    message = compliance(world)
    with recorded() as calls:
        world.dispatcher.send(message)
    operations = [operation for _, operation in calls]
    claim = operations.index("PutItem")
    assert operations[claim : claim + 3] == ["PutItem", "GetItem", "GetItem"]


def test_a_redelivered_message_is_not_sent_again(world: World) -> None:
    """B6."""
    message = compliance(world)
    assert world.dispatcher.send(message).state == MessageState.SENT
    assert world.dispatcher.send(message).state == MessageState.SENT
    assert len(world.provider.sent) == 1


def test_a_busy_provider_gives_the_claim_back_and_the_text_goes_out_later(world: World) -> None:
    """B6: nothing was sent, so it may be tried again."""
    message = compliance(world)
    world.provider.fails[ANN] = BUSY
    with pytest.raises(TryLater):
        world.dispatcher.send(message)
    assert state(world, message) == MessageState.RELEASED
    world.provider.fails.clear()
    assert world.dispatcher.send(message).state == MessageState.SENT
    assert len(world.provider.texts_to(ANN)) == 1


def test_a_stop_after_the_claim_is_seen(world: World) -> None:
    """B8, line 2: the read comes after the claim."""
    message = compliance(world)

    def stop(call: Call) -> None:
        if call == ("dynamodb", "PutItem") and not world.opt_out().entries:
            world.text("STOP")

    with each_call(ignore, stop):
        outcome = world.dispatcher.send(message)
    assert (outcome.state, outcome.reason) == (MessageState.EXCLUDED, "hard_opt_out")
    assert [o.body for o in world.provider.sent] == [world.sender.stop_text]


def test_a_process_that_ends_right_after_its_claim_loses_no_lead(world: World) -> None:
    """Q1, B6: never sent again, and the lead enters after its ten minutes."""
    message = compliance(world)

    def die(call: Call) -> None:
        if call[1] == "PutItem":
            raise Died

    with each_call(ignore, die), pytest.raises(Died):
        world.dispatcher.send(message)
    assert world.dispatcher.send(message).state == MessageState.UNKNOWN
    assert world.run_delayed() == ["entered"]
    found = world.contact()
    assert found is not None
    assert found.queue.state == QueueState.QUEUED
    assert world.provider.sent == []


def test_a_claim_whose_answer_was_lost_is_known_again(world: World) -> None:
    """B6: the SDK repeats the call and meets its own row; nobody else's claim is taken for it."""
    message = compliance(world)
    with answer_lost("PutItem"):
        assert world.dispatcher.send(message).state == MessageState.SENT
    assert world.dispatcher.send(message).state == MessageState.SENT
    assert len(world.provider.sent) == 1


def test_a_claim_that_was_applied_and_failed_all_the_same_is_given_back(world: World) -> None:
    """B6: nothing was sent, so the next try may send it."""
    message = compliance(world)

    def fail(call: Call) -> None:
        if call == ("dynamodb", "PutItem"):
            raise ClientError({"Error": {"Code": "InternalServerError"}}, "PutItem")

    with each_call(ignore, fail), pytest.raises(PutError):
        world.dispatcher.send(message)
    assert state(world, message) == MessageState.RELEASED
    assert world.dispatcher.send(message).state == MessageState.SENT


def test_a_claim_of_another_worker_is_never_given_back(world: World) -> None:
    """B6: whoever did not write the row leaves it alone."""
    message = compliance(world)
    claimed = claims.claim(message, world.clock.now())
    assert claimed is not None
    assert claims.claim(message, world.clock.now()) is None
    claimed.claim = "another's"
    claims.release(claimed)
    assert state(world, message) == MessageState.CLAIMED


def test_while_the_queue_takes_nothing_the_claim_is_given_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q1: without its ten minutes being put down, a compliance message is not sent."""
    message = compliance(world)

    def refuse(_command: Command, _delay: int = 0, **_more: int) -> None:
        raise NotSent("ServiceUnavailable")

    with monkeypatch.context() as patch:
        patch.setattr(world.queue, "send", refuse)
        with pytest.raises(TryLater):
            world.dispatcher.send(message)
    assert (state(world, message), world.provider.sent) == (MessageState.RELEASED, [])
    assert world.dispatcher.send(message).state == MessageState.SENT


def test_without_a_provider_the_contact_shows_what_is_missing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C9: failed, with what to do next."""

    def none(*_: object) -> None:
        raise NotFound("no_provider", "This account has no provider yet.")

    monkeypatch.setattr("assent.messaging.dispatch.credentials", none)
    message = compliance(world)
    assert world.dispatcher.send(message).state == MessageState.FAILED
    found = world.contact()
    assert found is not None
    assert found.compliance.state == ComplianceState.FAILED
    assert "provider" in found.compliance.reason


def test_a_sender_that_is_not_registered_sends_nothing(world: World) -> None:
    accounts.put_sender(world.sender.model_copy(update={"registered": False}))
    world.clock.advance(seconds=11)
    outcome = world.dispatcher.send(compliance(world))
    assert (outcome.state, outcome.reason) == (MessageState.EXCLUDED, "sender_not_registered")


def test_a_code_is_explained_in_plain_words_with_its_number() -> None:
    assert explain("30007").endswith("(30007)")
    assert explain("hard_opt_out").startswith("The contact opted out.")
    assert explain("12345") == "12345"


@pytest.mark.parametrize("text", ["", "x", "not-ours", "====", "Äö", "a" * 4000, "fHw"])
def test_a_reference_that_is_none_leads_nowhere(text: str) -> None:
    assert from_reference(text) is None


def test_a_reference_comes_back_as_it_went_out() -> None:
    place = Place(thread="ac_A#ct_B", sort="2026-01-05T15:00:00.000Z#ms_C")
    assert from_reference(reference(place)) == place


# Receipts


def test_receipts_in_any_order_end_in_the_same_state(world: World) -> None:
    """C9: a state only gives way to one of higher rank."""
    world.lead()
    ref = world.provider.sent[-1].status_url.partition("ref=")[2]
    for late in (MessageState.DELIVERED, MessageState.SENT, MessageState.DELIVERED):
        world.receipt(ref, late)
    found = world.contact()
    assert found is not None
    assert found.compliance.state == ComplianceState.DELIVERED
    assert queue_store.size(world.a.id) == 1


def test_a_receipt_whose_answer_was_lost_still_lets_the_lead_in(world: World) -> None:
    """Q1: the repeated call finds the state there already; what follows from it is done."""
    world.lead()
    ref = world.provider.sent[-1].status_url.partition("ref=")[2]
    with answer_lost("UpdateItem"):
        world.receipt(ref, MessageState.DELIVERED)
    found = world.contact()
    assert found is not None
    assert found.queue.state == QueueState.QUEUED


def test_another_tenants_receipt_changes_nothing(world: World) -> None:
    """Line 9: the reference comes from outside, so whose message it names is looked at."""
    contact = world.queued()
    world.lead("+12125550109")
    place = from_reference(world.provider.sent[0].status_url.partition("ref=")[2])
    assert place is not None
    world.receipt(reference(place), MessageState.SENT)
    forged = world.receipts.record(
        receipt(world, place).model_copy(update={"connection_id": world.b.id})
    )
    assert forged == "unknown_message"
    found = world.contact()
    assert found is not None
    assert found.queue.state == contact.queue.state == QueueState.QUEUED
    assert world.receipts.record(receipt(world, place)) == "failed"


def receipt(world: World, place: Place) -> RecordReceipt:
    return RecordReceipt(
        place=place,
        connection_id=world.a.id,
        provider_message_id="SM1",
        state=MessageState.FAILED,
        code="30003",
        received_at=world.clock.now(),
    )


def test_a_failure_after_the_move_leaves_the_contact_in_its_group(world: World) -> None:
    """Q1: only a lead that is still queued is taken out."""
    contact = world.member()
    place = from_reference(world.provider.sent[0].status_url.partition("ref=")[2])
    assert place is not None
    world.receipts.record(receipt(world, place))
    found = world.contact()
    assert found is not None
    assert (found.queue.state, found.groups) == (QueueState.MOVED, contact.groups)
    assert found.compliance.state == ComplianceState.FAILED
    assert queue.move(world.a, contact.id, world.group("Gold"), "Omar", world.clock) is not None


# Credentials


def store_secret(account: str, value: str) -> None:
    boto3.client("ssm").put_parameter(
        Name=f"/assent/test/provider/{account}", Value=value, Type="SecureString", Overwrite=True
    )


GOOD = {
    "provider": "twilio",
    "account_sid": "AC1",
    "auth_token": "t",
    "api_base": "https://provider.example",
    "webhook_base": "https://api.example",
}


def test_credentials_are_read_decrypted_and_kept_for_a_minute(aws: Settings) -> None:
    """Line 8: SecureStrings written at run time."""
    forget_parameters()
    account = f"ac_{'A' * 26}"
    store_secret(account, json.dumps(GOOD))
    assert credentials(aws, account).auth_token == "t"
    with recorded() as calls:
        credentials(aws, account)
    assert calls == []
    forget_parameters()


def test_credentials_of_any_age_serve_while_the_parameter_store_does_not_answer(
    aws: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A STOP must not wait for it."""
    forget_parameters()
    account = f"ac_{'A' * 26}"
    store_secret(account, json.dumps(GOOD))
    credentials(aws, account)
    forget_parameters()

    def fail(*_: object, **__: object) -> str:
        raise GetParameterError("ThrottlingException")

    monkeypatch.setattr("assent.messaging.credentials.parameters.get_parameter", fail)
    assert credentials(aws, account).auth_token == "t"
    with pytest.raises(GetParameterError):
        credentials(aws, f"ac_{'C' * 26}")


@pytest.mark.parametrize(
    ("account", "value"),
    [
        (f"ac_{'B' * 26}", "{broken"),
        (f"ac_{'B' * 26}", json.dumps({"provider": "twilio"})),
        (f"ac_{'Z' * 26}", None),
        ("", None),
        ("ac_A/../ac_B", None),
        ("ac_A:1", None),
    ],
)
def test_credentials_that_are_none_are_not_found(
    aws: Settings, account: str, value: str | None
) -> None:
    forget_parameters()
    if value:
        store_secret(account, value)
    with pytest.raises(NotFound):
        credentials(aws, account)
    forget_parameters()
