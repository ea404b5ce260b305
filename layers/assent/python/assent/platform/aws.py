"""Clients of AWS, all from one botocore session: boto3 on top of it, or a session each, takes time.

See docs/adr/0030.
"""

import base64
import json
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.parsers import JSONParser, ResponseParser, ResponseParserFactory


class PlainParser(JSONParser):
    """Takes answers of DynamoDB and other services that speak JSON as they come.

    They already are what botocore makes of them, attribute by attribute, in most of the time that
    reading takes: but for binary values, and for times, which stay numbers and which nobody reads.
    """

    def _handle_json_body(self, raw_body: bytes, shape: object) -> Any:  # noqa: ANN401 -- any JSON
        del shape
        if not raw_body:
            return {}
        return json.loads(raw_body, object_hook=_with_bytes if b'"B"' in raw_body else None)


def _with_bytes(found: dict[str, Any]) -> dict[str, Any]:
    """Give a binary attribute its bytes; what is only named like one holds no text."""
    if len(found) == 1 and isinstance(found.get("B"), str):
        return {"B": base64.b64decode(found["B"])}
    return found


class _Parsers(ResponseParserFactory):
    def create_parser(self, protocol_name: str) -> ResponseParser:
        return PlainParser() if protocol_name == "json" else super().create_parser(protocol_name)


@cache
def session() -> botocore.session.Session:
    """Return the process's session, which reads regions, endpoints and credentials once."""
    made = botocore.session.get_session()
    made.register_component("response_parser_factory", _Parsers())
    return made


def client(service: str, config: Config | None = None) -> Any:  # noqa: ANN401 -- made at run time
    """Make a client; whoever calls this keeps it."""
    return session().create_client(service, config=config)
