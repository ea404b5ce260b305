"""Answers of AWS are read faster than botocore reads them, and say the same."""

import json
from typing import Any

import botocore.session
import pytest
from botocore.parsers import JSONParser

from assent.platform.aws import PlainParser

SHAPE: Any = (
    botocore.session.get_session()
    .get_service_model("dynamodb")
    .operation_model("GetItem")
    .output_shape
)
EVERY_KIND = {
    "text": {"S": "a"},
    "number": {"N": "-1.5"},
    "bytes": {"B": "AAEC/w=="},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "set": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
    "list": {"L": [{"S": "a"}, {"B": "AA=="}]},
    "map": {"M": {"B": {"S": "named like a kind"}, "x": {"B": "AA=="}}},
    "lonely": {"M": {"B": {"N": "3"}}},
}


def _read(parser: JSONParser, content: Any, status: int = 200) -> dict[str, Any]:  # noqa: ANN401 -- any JSON
    answer = {"status_code": status, "headers": {}, "body": json.dumps(content).encode()}
    found: dict[str, Any] = parser.parse(answer, SHAPE)
    return found


@pytest.mark.parametrize("name", EVERY_KIND)
def test_an_item_is_read_as_botocore_reads_it(name: str) -> None:
    content = {"Item": {name: EVERY_KIND[name]}}
    assert _read(PlainParser(), content) == _read(JSONParser(), content)


@pytest.mark.parametrize("content", [{}, {"Item": EVERY_KIND}])
def test_an_answer_is_read_as_botocore_reads_it(content: dict[str, Any]) -> None:
    assert _read(PlainParser(), content) == _read(JSONParser(), content)


def test_a_refusal_is_read_as_botocore_reads_it() -> None:
    content = {"__type": "x#ConditionalCheckFailedException", "message": "no"}
    assert _read(PlainParser(), content, 400) == _read(JSONParser(), content, 400)


def test_an_empty_body_is_an_empty_answer() -> None:
    parsed = PlainParser().parse({"status_code": 200, "headers": {}, "body": b""}, SHAPE)
    assert set(parsed) == {"ResponseMetadata"}
