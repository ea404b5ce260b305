"""Writes `docs/openapi.json` from the code: every route of every function, once.

Run `python -m tools.openapi`; with `--check` it fails when the file is not what the code says.
"""

import json
import sys
from pathlib import Path
from typing import Any

from assent.api.app import app as console
from assent.integrations.model import Lead
from functions.delivery_webhook.app import app as delivery
from functions.form_ingest.app import app as forms
from functions.inbound_webhook.app import app as inbound

TARGET = Path(__file__).parents[1] / "docs" / "openapi.json"
_APPS = (console, forms, inbound, delivery)
KEYED = frozenset(
    f"/api/v1/{path}"
    for path in ("leads", "subscriptions", "subscriptions/status", "unsubscriptions")
)
"""Routes for programs, which prove themselves by an integration's key."""
_TOKEN = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
_KEY = {"type": "apiKey", "in": "header", "name": "X-Api-Key"}
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem document; `errors` names every field that is not acceptable.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


def build() -> dict[str, Any]:
    """Merge the schemas of all functions' apps into one document."""
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Assent",
            "version": "1",
            "description": "Consent for text messages and calls: leads in, decisions out.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": {},
        "components": {
            "schemas": {},
            "securitySchemes": {"token": _TOKEN, "key": _KEY},
        },
    }
    for app in _APPS:
        part = json.loads(app.get_openapi_json_schema(title="Assent", version="1"))
        for path, operations in part["paths"].items():
            document["paths"].setdefault(path, {}).update(operations)
        document["components"]["schemas"].update(part.get("components", {}).get("schemas", {}))
    _describe_leads(document)
    _describe_parts(document)
    _describe_refusals(document)
    return document


def _describe_leads(document: dict[str, Any]) -> None:
    """Give the routes that parse their own bodies the shapes that they read."""
    schema = Lead.model_json_schema()
    document["components"]["schemas"]["Lead"] = schema
    leads = document["paths"]["/api/v1/leads"]["post"]
    content = {"schema": {"$ref": "#/components/schemas/Lead"}}
    leads["requestBody"] = {"required": True, "content": {"application/json": content}}
    leads["parameters"] = [
        {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
    ]
    leads["responses"]["202"] = {
        "description": "Taken; it is processed within seconds.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["receipt_id"],
                    "properties": {"receipt_id": {"type": "string"}},
                }
            }
        },
    }
    leads["responses"].pop("200", None)


def _describe_parts(document: dict[str, Any]) -> None:
    """Say that the parts of a file come as they are."""
    schema = {"type": "string", "format": "binary"}
    for kind in ("opt-out-imports", "contact-imports"):
        path = f"/api/v1/{kind}/{{import_id}}/parts/{{number}}"
        document["paths"][path]["put"]["requestBody"] = {
            "required": True,
            "content": {"application/octet-stream": {"schema": schema}},
        }


def _describe_refusals(document: dict[str, Any]) -> None:
    """Every route refuses with a problem document; the console's want a token, leads a key."""
    document["components"]["schemas"]["Problem"] = _PROBLEM
    for name in ("HTTPValidationError", "ValidationError", "ResponseValidationError"):
        document["components"]["schemas"].pop(name, None)
    problem = {
        "description": "Refused: what is wrong, where, and what to do next.",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    for path, operations in document["paths"].items():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = problem
            if path in KEYED:
                operation["security"] = [{"key": []}]
            elif path.startswith("/api/"):
                operation["security"] = [{"token": []}]


def main() -> int:
    """Write the file, or check it."""
    text = json.dumps(build(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    if "--check" in sys.argv:
        if TARGET.read_text(encoding="utf-8") == text:
            return 0
        sys.stderr.write(
            "docs/openapi.json is not what the code says. Run: python -m tools.openapi\n"
        )
        return 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
