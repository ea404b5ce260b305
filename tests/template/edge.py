"""Rules on what can be reached from outside: routes, sign-in, the console."""

import re
from collections.abc import Iterator

from tests.template.rule import finds, properties
from tests.template.stack import Node, Stack, Template

METHODS = {"get", "post", "put", "patch", "delete", "head", "options"}
ANY = "x-amazon-apigateway-any-method"
ROUTES_WITHOUT_SIGN_IN = {
    ("get", "/f/{form}"),
    ("post", "/f/{form}"),
    ("options", "/f/{form}"),
    ("post", "/api/v1/leads"),
    ("post", "/api/v1/subscriptions"),
    ("post", "/api/v1/subscriptions/status"),
    ("post", "/api/v1/unsubscriptions"),
    ("post", "/webhooks/{provider}/{account}/inbound"),
    ("post", "/webhooks/{provider}/{account}/status"),
    ("post", "/webhooks/{provider}/{account}/voice"),
    ("post", "/webhooks/{provider}/{account}/voice/keys"),
}
ROUTES_WITH_SIGN_IN = {(ANY, "/api/v1/{proxy+}")}
LOGGED = {
    "requestId", "requestTimeEpoch", "routeKey", "status", "responseLength", "responseLatency",
    "integrationLatency", "error.responseType", "integration.status",
}  # fmt: skip


def routes(stack: Stack) -> Iterator[tuple[str, str, Template]]:
    """Every route of every API: method, path, operation."""
    for _, api in stack.of_type("AWS::ApiGatewayV2::Api"):
        for path, operations in api["Body"]["paths"].items():
            for method, operation in operations.items():
                if method in METHODS | {ANY}:
                    yield method, path, operation


def _paths(template: Template) -> Node:
    return properties(template, "HttpApi")["Body"]["paths"]


def _client(template: Template, **changes: object) -> None:
    properties(template, "UserPoolClient").update(changes)


def _distribution(template: Template) -> Template:
    found: Template = properties(template, "Distribution")["DistributionConfig"]
    return found


@finds(
    lambda t: _paths(t)["/api/v1/{proxy+}"][ANY].update(security=[{"NONE": []}]),
    lambda t: _paths(t)["/api/v1/{proxy+}"][ANY].pop("security"),
    lambda t: _paths(t).update({"/debug": {"get": {"security": [{"NONE": []}]}}}),
    lambda t: _paths(t).pop("/f/{form}"),
)
def routes_ask_for_sign_in(stack: Stack) -> Iterator[str]:
    """Only the listed routes are without sign-in; they prove the caller in other ways."""
    found = {(method, path): operation for method, path, operation in routes(stack)}
    expected = ROUTES_WITHOUT_SIGN_IN | ROUTES_WITH_SIGN_IN
    for route in found.keys() ^ expected:
        yield f"{route} is {'not listed here' if route in found else 'missing'}"
    for route, operation in found.items():
        wanted: Node = [{"NONE": []}] if route in ROUTES_WITHOUT_SIGN_IN else [{"Console": []}]
        if operation.get("security") != wanted:
            yield f"{route} is protected by {operation.get('security')}"


@finds(
    lambda t: properties(t, "HttpApi")["Body"]["components"]["securitySchemes"]["Console"][
        "x-amazon-apigateway-authorizer"
    ]["jwtConfiguration"].update(audience=["any"]),
)
def tokens_are_of_this_user_pool(stack: Stack) -> Iterator[str]:
    """The authorizer takes tokens of this pool for the console's client, and no others."""
    for name, api in stack.of_type("AWS::ApiGatewayV2::Api"):
        for scheme in api["Body"]["components"]["securitySchemes"].values():
            jwt = scheme["x-amazon-apigateway-authorizer"]["jwtConfiguration"]
            if jwt["audience"] != ["<UserPoolClient>"] or not jwt["issuer"].endswith("/<UserPool>"):
                yield f"{name} takes tokens of {jwt}"


@finds(
    lambda t: properties(t, "HttpApi").update(CorsConfiguration={"AllowOrigins": ["*"]}),
    lambda t: properties(t, "HttpApi")["Body"].update({"x-amazon-apigateway-cors": {}}),
)
def there_is_no_cors(stack: Stack) -> Iterator[str]:
    """Console and API are one origin; forms answer their own OPTIONS."""
    for name, api in stack.of_type("AWS::ApiGatewayV2::Api"):
        if "CorsConfiguration" in api or "x-amazon-apigateway-cors" in api["Body"]:
            yield f"{name} lets other origins in"


@finds(
    lambda t: properties(t, "HttpApiApiGatewayDefaultStage").pop("DefaultRouteSettings"),
    lambda t: properties(t, "HttpApiApiGatewayDefaultStage").pop("AccessLogSettings"),
    lambda t: properties(t, "HttpApiApiGatewayDefaultStage")["AccessLogSettings"].update(
        Format='{"ip": "$context.identity.sourceIp"}'
    ),
)
def requests_are_limited_and_logged_without_personal_data(stack: Stack) -> Iterator[str]:
    """Throttled, and logged by route: no path, address, user or header."""
    for name, stage in stack.of_type("AWS::ApiGatewayV2::Stage"):
        limits = stage.get("DefaultRouteSettings", {})
        if not {"ThrottlingRateLimit", "ThrottlingBurstLimit"} <= limits.keys():
            yield f"{name} is not throttled"
        written = re.findall(
            r"\$context\.([\w.]+)", stage.get("AccessLogSettings", {}).get("Format", "")
        )
        if not written or not LOGGED.issuperset(written):
            yield f"{name} logs {sorted(set(written) - LOGGED) or 'nothing'}"


@finds(
    lambda t: properties(t, "UserPool").pop("AdminCreateUserConfig"),
    lambda t: properties(t, "UserPool")["Policies"]["PasswordPolicy"].update(MinimumLength=8),
)
def users_are_made_by_administrators(stack: Stack) -> Iterator[str]:
    """Nobody signs up; passwords are strong; a second factor is possible."""
    for name, pool in stack.of_type("AWS::Cognito::UserPool"):
        if pool.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly") is not True:
            yield f"{name} lets people sign up"
        policy = pool["Policies"]["PasswordPolicy"]
        kinds = ("Lowercase", "Uppercase", "Numbers", "Symbols")
        if policy["MinimumLength"] < 12 or not all(policy[f"Require{kind}"] for kind in kinds):
            yield f"{name} takes weak passwords"
        if pool["MfaConfiguration"] not in {"OPTIONAL", "ON"}:
            yield f"{name} has no second factor"


@finds(
    lambda t: _client(t, GenerateSecret=True),
    lambda t: _client(t, AllowedOAuthFlows=["code", "implicit"]),
    lambda t: _client(t, WriteAttributes=["email", "custom:account"]),
    lambda t: properties(t, "UserPoolClient").pop("WriteAttributes"),
    lambda t: _client(t, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]),
    lambda t: _client(t, CallbackURLs=["https://elsewhere.example/"]),
)
def the_console_signs_in_with_a_code(stack: Stack) -> Iterator[str]:
    """A public client: code + PKCE; no custom attribute; passwords by API only locally."""
    console = str(stack.parameters.get("ConsoleUrl", "http://localhost:8080"))
    for name, client in stack.of_type("AWS::Cognito::UserPoolClient"):
        if client["GenerateSecret"] is not False or client["AllowedOAuthFlows"] != ["code"]:
            yield f"{name} does not use code + PKCE"
        for kind in ("ReadAttributes", "WriteAttributes"):
            listed = client.get(kind)
            if listed is None or any(attribute.startswith("custom:") for attribute in listed):
                yield f"{name} has {kind} {listed}"
        by_password = "ALLOW_USER_PASSWORD_AUTH" in client["ExplicitAuthFlows"]
        if by_password is not (stack.stage == "local"):
            yield f"{name}: password sign-in by API is {by_password} in {stack.stage}"
        for url in client["CallbackURLs"] + client["LogoutURLs"]:
            if not url.startswith(f"{console}/"):
                yield f"{name} returns to {url}"


@finds(
    lambda t: properties(t, "ConsoleBucket")["PublicAccessBlockConfiguration"].update(
        BlockPublicPolicy=False
    ),
    lambda t: properties(t, "ImportsBucket").pop("BucketEncryption"),
    lambda t: properties(t, "ConsoleBucketPolicy")["PolicyDocument"]["Statement"][0].pop(
        "Condition"
    ),
    lambda t: _distribution(t)["Origins"][0].pop("OriginAccessControlId"),
)
def buckets_are_private(stack: Stack) -> Iterator[str]:
    """No bucket is public; from outside, only this distribution reads the console's files."""
    for name, bucket in stack.of_type("AWS::S3::Bucket"):
        block = bucket["PublicAccessBlockConfiguration"]
        if list(block.values()) != [True] * 4:
            yield f"{name} can be public"
        if "BucketEncryption" not in bucket:
            yield f"{name} is not encrypted"
    for name, policy in stack.of_type("AWS::S3::BucketPolicy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow" and not str(
                statement.get("Condition", {}).get("StringEquals", {}).get("aws:SourceArn", "")
            ).endswith("distribution/<Distribution>"):
                yield f"{name} lets others read"
    for name, distribution in stack.of_type("AWS::CloudFront::Distribution"):
        for origin in distribution["DistributionConfig"]["Origins"]:
            if "S3OriginConfig" in origin and "OriginAccessControlId" not in origin:
                yield f"{name} reads {origin['Id']} unsigned"


@finds(
    lambda t: _distribution(t)["CacheBehaviors"][0].update(CachePolicyId="other"),
    lambda t: _distribution(t)["CacheBehaviors"].pop(),
    lambda t: _distribution(t)["DefaultCacheBehavior"].pop("ResponseHeadersPolicyId"),
    lambda t: _distribution(t)["DefaultCacheBehavior"].update(ViewerProtocolPolicy="allow-all"),
    lambda t: _distribution(t).update(CustomErrorResponses=[{"ErrorCode": 403}]),
)
def api_and_forms_are_never_cached(stack: Stack) -> Iterator[str]:
    """One origin: /api/* and /f/* pass through whole; pages are routed without error pages."""
    for name, distribution in stack.of_type("AWS::CloudFront::Distribution"):
        config = distribution["DistributionConfig"]
        if "CustomErrorResponses" in config:
            yield f"{name} hides errors of the API"
        if {behaviour["PathPattern"] for behaviour in config["CacheBehaviors"]} != {
            "/api/*",
            "/f/*",
        }:
            yield f"{name} has other paths"
        for behaviour in config["CacheBehaviors"]:
            if (
                behaviour["CachePolicyId"] != "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
                or behaviour["OriginRequestPolicyId"] != "b689b0a8-53d0-40ab-baf2-68738e2966ac"
            ):
                yield f"{name} caches or cuts {behaviour['PathPattern']}"
        for behaviour in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]:
            if behaviour["ViewerProtocolPolicy"] == "allow-all":
                yield f"{name} answers without TLS"
            if not stack.named(behaviour.get("ResponseHeadersPolicyId")):
                yield f"{name} sends no security headers"


def _csp(template: Template, old: str, new: str) -> None:
    headers = properties(template, "ConsoleHeaders")["ResponseHeadersPolicyConfig"]
    policy = headers["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    policy["Fn::Sub"][0] = policy["Fn::Sub"][0].replace(old, new)


@finds(
    lambda t: _csp(t, "script-src 'self'", "script-src 'self' 'unsafe-inline'"),
    lambda t: _csp(t, "default-src 'self'; script-src 'self';", ""),
    lambda t: _csp(t, "frame-ancestors 'none'", ""),
    lambda t: properties(t, "ApiHeaders")["ResponseHeadersPolicyConfig"][
        "SecurityHeadersConfig"
    ].pop("StrictTransportSecurity"),
)
def pages_send_security_headers(stack: Stack) -> Iterator[str]:
    """HSTS and nosniff everywhere; the console loads nothing but its own scripts."""
    policies = dict(stack.of_type("AWS::CloudFront::ResponseHeadersPolicy"))
    for name, policy in policies.items():
        headers = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        if (
            not {"StrictTransportSecurity", "ContentTypeOptions", "ReferrerPolicy"}
            <= headers.keys()
        ):
            yield f"{name} lacks a header"
        text = headers.get("ContentSecurityPolicy", {}).get("ContentSecurityPolicy")
        if text is None:
            continue
        rules = dict(part.strip().partition(" ")[::2] for part in text.split(";"))
        wanted = {
            "default-src": "'self'",
            "script-src": "'self'",
            "frame-ancestors": "'none'",
            "base-uri": "'none'",
            "object-src": "'none'",
        }
        for directive, value in wanted.items():
            if rules.get(directive) != value:
                yield f"{name} has {directive} {rules.get(directive)}"
