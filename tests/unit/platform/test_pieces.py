"""Small pieces that everything stands on: time, ids, pseudonyms, queues, settings, bodies."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from pydantic import ValidationError

from assent.contacts.model import EnterQueue, WhyEnter
from assent.platform import http
from assent.platform.clock import FixedClock, SystemClock, from_stamp, stamp
from assent.platform.errors import AssentError, TooLarge, WrongType
from assent.platform.http import FORM, MAX_BODY, json_body, raw_body, require_type
from assent.platform.ids import derived_id, new_id, shard_of
from assent.platform.pseudonyms import Pseudonyms
from assent.platform.queues import NotSent, Outbox, Queue
from assent.platform.settings import Settings
from tests.calls import Call, each_call, ignore
from tests.conftest import environment

AT = datetime(2026, 1, 5, 15, 0, 0, 123456, tzinfo=UTC)


def command(number: int = 0) -> EnterQueue:
    return EnterQueue(account_id="ac_A", contact_id=f"ct_{number}", why=WhyEnter.DELIVERED)


# Time and ids


def test_stamps_sort_as_time_does_and_are_of_one_width() -> None:
    moments = [AT + timedelta(milliseconds=n * 7) for n in range(200)]
    written = [stamp(at) for at in moments]
    assert written == sorted(written)
    assert {len(text) for text in written} == {24}
    assert from_stamp(stamp(AT)) == AT.replace(microsecond=123000)
    assert stamp(AT.astimezone(timezone(timedelta(hours=-5)))) == stamp(AT)


def test_clocks_speak_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)
    clock = FixedClock(AT)
    assert clock.advance(minutes=1) == clock.now() == AT + timedelta(minutes=1)


def test_ids_sort_by_time_and_derived_ids_are_the_same_each_time() -> None:
    made = [new_id("ct", AT + timedelta(milliseconds=n)) for n in range(50)]
    assert made == sorted(made)
    assert len(set(made)) == 50
    assert derived_id("rc", AT, "a", "bc") == derived_id("rc", AT, "a", "bc")
    assert derived_id("rc", AT, "a", "bc") != derived_id("rc", AT, "ab", "c")


def test_shards_are_used_evenly() -> None:
    """Line 5: no hot partition."""
    counts = [0] * 8
    for number in range(8000):
        counts[shard_of(f"ct_{number}", 8)] += 1
    assert min(counts) > 800
    assert max(counts) < 1200


def test_pseudonyms_depend_on_the_secret_and_show_nothing() -> None:
    """Line 8."""
    one, other = Pseudonyms("one"), Pseudonyms("other")
    assert one.of("+12125550101") == one.of("+12125550101")
    assert one.of("+12125550101") != other.of("+12125550101")
    assert one.of("+12125550101") != one.of("+12125550102")
    assert len(one.of("+12125550101")) == 32
    assert "2125550101" not in one.of("+12125550101")


# Queues


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    return Queue("https://sqs.us-east-1.amazonaws.com/123456789012/line")


def test_commands_go_out_ten_at_a_time_with_their_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client("sqs")
        url = client.create_queue(QueueName="line")["QueueUrl"]
        Queue(url).send_all((command(n), 0) for n in range(23))
        Queue(url).send(command(23))
        Queue(url).send_all([])
        got = set()
        while found := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            got |= {EnterQueue.model_validate_json(m["Body"]).contact_id for m in found}
    assert got == {f"ct_{n}" for n in range(24)}


def test_a_batch_that_was_taken_in_part_is_not_sent(
    monkeypatch: pytest.MonkeyPatch, queue: Queue
) -> None:
    """Line 4: whoever sends it does all of it again."""

    class Sqs:
        def send_message_batch(self, **_: object) -> dict[str, object]:
            return {"Successful": [], "Failed": [{"Id": "0", "Code": "InternalError"}]}

    monkeypatch.setattr("assent.platform.queues._client", Sqs)
    with pytest.raises(NotSent):
        queue.send_all([(command(), 0)])


def test_what_the_queue_does_not_answer_is_not_sent(queue: Queue) -> None:
    """Line 4: throttled, down or out of reach, it is one thing to the caller."""

    def refuse(call: Call) -> None:
        if call[0] == "sqs":
            raise ClientError({"Error": {"Code": "ServiceUnavailable"}}, call[1])

    with each_call(refuse, ignore):
        with pytest.raises(NotSent, match="ServiceUnavailable"):
            queue.send(command())
        with pytest.raises(NotSent, match="ServiceUnavailable"):
            queue.send_all([(command(), 0)])


def test_a_command_with_a_field_too_many_is_refused() -> None:
    kept = json.loads(command().model_dump_json()) | {"extra": 1}
    with pytest.raises(ValidationError):
        EnterQueue.model_validate(kept)


def test_an_outbox_gives_back_one_kind_in_order() -> None:
    box = Outbox()
    box.send_all([(command(n), n) for n in range(3)])
    assert box.take(EnterQueue) == [command(n) for n in range(3)]
    assert box.sent == []


# Settings and bodies


@pytest.mark.parametrize("missing", ["STAGE", "LEDGER_TABLE", "OUTBOUND_QUEUE"])
def test_a_setting_that_is_missing_is_named(missing: str) -> None:
    variables = {name: value for name, value in environment().items() if name != missing}
    with pytest.raises(ValidationError, match=missing.lower()):
        Settings.read(variables)


def test_a_body_is_read_as_it_was_sent() -> None:
    encoded = base64.b64encode("señal".encode()).decode()
    assert raw_body({"body": encoded, "isBase64Encoded": True}) == "señal".encode()
    assert raw_body({"body": "señal", "isBase64Encoded": False}) == "señal".encode()
    assert raw_body({}) == b""


@pytest.mark.parametrize("encoded", [True, False])
def test_a_body_may_be_as_large_as_the_bound_and_no_larger(*, encoded: bool) -> None:
    def event(size: int) -> dict[str, object]:
        body = "a" * size
        text = base64.b64encode(body.encode()).decode() if encoded else body
        return {"body": text, "isBase64Encoded": encoded}

    assert len(raw_body(event(MAX_BODY))) == MAX_BODY
    for size in (MAX_BODY + 1, MAX_BODY * 20):
        with pytest.raises(TooLarge):
            raw_body(event(size))


@pytest.mark.parametrize("given", [FORM, f"{FORM}; charset=UTF-8", FORM.upper()])
def test_a_content_type_is_known_with_its_parameters(given: str) -> None:
    require_type({"headers": {"Content-Type": given}}, FORM)


@pytest.mark.parametrize("headers", [None, {}, {"content-type": "text/plain"}])
def test_another_content_type_is_refused(headers: dict[str, str] | None) -> None:
    with pytest.raises(WrongType):
        require_type({"headers": headers}, FORM)


@pytest.mark.parametrize("body", ["", "{", "[" * 20_000, '{"a": 1} x'])
def test_a_broken_body_is_said_to_be_broken(body: str) -> None:
    event = {"headers": {"content-type": http.JSON}, "body": body, "isBase64Encoded": False}
    with pytest.raises(AssentError) as refused:
        json_body(event)
    assert refused.value.code == "broken_json"
