"""Transactions say which of their conditions failed, whatever kind of operation it was."""

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.expressions.condition import Condition

from assent.contacts.groups.store import GroupNameRecord
from assent.contacts.queue.store import QueueRecord
from assent.platform.settings import Settings
from assent.platform.tables import (
    ConditionFailed,
    Contention,
    Transaction,
    count,
    failed_condition,
    get,
)
from tests.calls import Call, each_call, ignore, throttled_tables

NAME = GroupNameRecord.group_id
FREE = GroupNameRecord.pk.does_not_exist()
TAKEN = GroupNameRecord.pk.exists()


def record(key: str) -> GroupNameRecord:
    return GroupNameRecord("pk", key, group_id="gr_1")


def mixed(failing: set[str]) -> Transaction:
    """Write one item in each way, in an order that is not PynamoDB's, some against their will."""

    def condition(label: str, *, there: bool) -> Condition:
        return TAKEN if there is (label not in failing) else FREE

    transaction = Transaction()
    transaction.update(
        "update", record("there-1"), [NAME.set("gr_2")], condition("update", there=True)
    )
    transaction.put("put", record("new"), condition("put", there=False))
    transaction.check("check", GroupNameRecord, ("pk", "there-2"), condition("check", there=True))
    transaction.delete("delete", record("there-3"), condition("delete", there=True))
    transaction.put("second put", record("newer"), condition("second put", there=False))
    return transaction


@pytest.fixture(autouse=True)
def items(aws: Settings) -> None:
    for number in range(1, 4):
        record(f"there-{number}").save()


def cancelled(*codes: str) -> ClientError:
    reasons = [{"Code": code, "Message": code} for code in codes]
    error = {"Code": "TransactionCanceledException", "Message": f"[{', '.join(codes)}]"}
    answer = {"Error": error, "CancellationReasons": reasons}
    return ClientError(answer, "TransactWriteItems")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "failing",
    [
        {"update"},
        {"put"},
        {"check"},
        {"delete"},
        {"second put"},
        {"put", "check"},
        {"update", "delete", "second put"},
    ],
    ids=lambda failing: "+".join(sorted(failing)),
)
def test_the_labels_of_the_failed_conditions_are_told(failing: set[str]) -> None:
    with pytest.raises(ConditionFailed) as failure:
        mixed(failing).commit()
    assert set(failure.value.failed) == failing
    assert get(GroupNameRecord, "pk", "new") is None
    assert get(GroupNameRecord, "pk", "there-3") is not None


def test_when_all_hold_all_is_written() -> None:
    mixed(set()).commit()
    found = {key: get(GroupNameRecord, "pk", key) for key in ("new", "there-1", "there-3")}
    assert found["new"] is not None
    assert found["there-1"] is not None
    assert found["there-1"].group_id == "gr_2"
    assert found["there-3"] is None


@pytest.mark.parametrize(
    "code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
)
def test_other_writers_at_the_same_items_are_contention(code: str) -> None:
    def refuse(_: Call) -> None:
        raise cancelled("None", code, "None", "None", "None")

    with each_call(refuse, ignore), pytest.raises(Contention):
        mixed(set()).commit()


def test_a_failed_condition_says_more_than_contention_beside_it() -> None:
    def refuse(_: Call) -> None:
        raise cancelled("TransactionConflict", "None", "ConditionalCheckFailed", "None", "None")

    with each_call(refuse, ignore), pytest.raises(ConditionFailed) as failure:
        mixed(set()).commit()
    assert failure.value.failed == ["put"]


def test_whatever_else_goes_wrong_is_raised_as_it_is() -> None:
    with throttled_tables(), pytest.raises(TransactWriteError):
        mixed(set()).commit()


def test_a_connection_that_breaks_off_is_no_failed_condition(aws: Settings) -> None:
    def break_off(_: Call) -> None:
        raise ConnectionClosedError(endpoint_url="https://dynamodb.example")

    with each_call(break_off, ignore):
        with pytest.raises(PutError) as put:
            record("new").save(condition=FREE)
        with pytest.raises(TransactWriteError):
            mixed(set()).commit()
    assert not failed_condition(put.value)


def test_counting_stops_at_its_bound() -> None:
    for number in range(7):
        QueueRecord("line", f"{number}").save()
    assert [count(QueueRecord, "line", most) for most in (1, 6, 7, 8)] == [1, 6, 7, 7]
    assert count(QueueRecord, "nobody", 5) == 0


def test_counting_goes_on_where_an_answer_ends_before_its_bound() -> None:
    """C1: a list is not complete because one answer has a megabyte and no more."""
    for number in range(8):
        QueueRecord("long-line", f"{number}", words="w" * 300_000).save()
    assert [count(QueueRecord, "long-line", most) for most in (2, 7, 8, 9)] == [2, 7, 8, 8]
