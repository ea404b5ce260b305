"""The console's response headers, read from the template's own policy."""

from __future__ import annotations

from typing import Any

_POLICY = "AWS::CloudFront::ResponseHeadersPolicy"


def console_headers(template: dict[str, Any]) -> dict[str, str]:
    """Return what CloudFront would add to the console's pages, with local addresses.

    Sign-in and API are this same origin here, so their own hosts become `'self'`; strict transport
    security is left out, since the local address has no TLS.
    """
    for resource in template["Resources"].values():
        if resource["Type"] != _POLICY:
            continue
        config = resource["Properties"]["ResponseHeadersPolicyConfig"]
        security = config.get("SecurityHeadersConfig", {})
        if "ContentSecurityPolicy" in security:
            return _headers(security, config.get("CustomHeadersConfig", {}).get("Items", []))
    raise LookupError(f"template.yaml has no {_POLICY} with a content security policy")


def _headers(security: dict[str, Any], custom: list[dict[str, Any]]) -> dict[str, str]:
    headers = {
        "Content-Security-Policy": _local_policy(
            _text(security["ContentSecurityPolicy"]["ContentSecurityPolicy"])
        )
    }
    if "ContentTypeOptions" in security:
        headers["X-Content-Type-Options"] = "nosniff"
    if "FrameOptions" in security:
        headers["X-Frame-Options"] = security["FrameOptions"]["FrameOption"]
    if "ReferrerPolicy" in security:
        headers["Referrer-Policy"] = security["ReferrerPolicy"]["ReferrerPolicy"]
    return headers | {item["Header"]: item["Value"] for item in custom}


def _text(value: Any) -> str:  # noqa: ANN401 - a string, or an intrinsic function around one
    while isinstance(value, dict):
        value = value["Fn::Sub"]
    return str(value[0] if isinstance(value, list) else value)


def _local_policy(policy: str) -> str:
    directives = []
    for directive in policy.split(";"):
        words = directive.split()
        local = ["'self'" if word.startswith("https://") else word for word in words]
        directives.append(" ".join(dict.fromkeys(local)))
    return "; ".join(directives)
