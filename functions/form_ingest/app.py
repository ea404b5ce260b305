"""Leads come in here: the hosted form, copied forms, and the opt-in API."""

from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from assent.accounts.service import AccountService
from assent.integrations.ingest import Caller, IngestService, explain
from assent.integrations.model import Integration
from assent.integrations.page import form_page
from assent.integrations.service import IntegrationService
from assent.platform import http, settings
from assent.platform.clock import SystemClock
from assent.platform.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from assent.platform.observability import count, logger, metrics
from assent.platform.queues import Queue
from assent.platform.tables import Unavailable

app = APIGatewayHttpResolver()
http.answer_refusals(app)
_PLAIN = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<h1>{title}</h1><p>{text}</p></html>"""
_THANKS = "If the number can get our texts, a message is on its way to it."
_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


@cache
def service() -> IngestService:
    """Compose the service, once per process."""
    clock = SystemClock()
    return IngestService(
        clock=clock,
        accounts=AccountService(clock),
        integrations=IntegrationService(clock),
        requests=Queue(settings.current().opt_in_requests_queue),
    )


@app.get("/f/<form>", summary="Hosted form", tags=["Leads"])
def show_form(form: str) -> Response[str]:
    """Show the form, or the thank-you after it was sent."""
    thanks = "thanks" in app.current_event.query_string_parameters
    try:
        return _page(form, thanks=thanks)
    except Unavailable:
        if not thanks:
            raise
        # The lead is in the queue already: whoever sent it must not see an error.
        return _plain(HTTPStatus.OK, "Thank you", _THANKS)


@app.post("/f/<form>", summary="Send the form", tags=["Leads"])
def take_form(form: str) -> Response[str]:
    """Take a form; a bad field shows the form again, a good lead goes on with 303."""
    http.require_type(app.current_event, http.FORM)
    body = http.raw_body(app.current_event).decode("utf-8", "replace")
    fields = dict(parse_qsl(body, keep_blank_values=True))
    try:
        receipt_id = service().from_form(form, fields, _caller(f"/f/{form}"))
    except (Conflict, Gone):
        if not _wants_html():
            raise
        return _page(form, HTTPStatus.CONFLICT)
    except Invalid as error:
        if not _wants_html():
            raise
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY, fields, explain(error))
    if receipt_id:
        count("LeadsAccepted")
    return Response(status_code=HTTPStatus.SEE_OTHER, headers={"Location": _target(form, fields)})


@app.route("/f/<form>", method=["OPTIONS"], summary="May this site send the form?", tags=["Leads"])
def may_send_form(form: str) -> Response[str]:
    """Answer a browser's question whether another site may send this form."""
    origin = http.headers(app.current_event).get("origin", "")
    if origin not in _allowed_origins(form):
        raise Forbidden("origin_not_allowed", "This site may not send this form.")
    allowed = {
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "Content-Type",
    }
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=allowed)


@app.post("/api/v1/leads", summary="Send a lead", tags=["Leads"])
def take_lead() -> tuple[dict[str, str], int]:
    """Take a lead from a program; 202 with the receipt's id."""
    sent = http.headers(app.current_event)
    receipt_id = service().from_api(
        sent.get("x-api-key", ""),
        http.json_body(app.current_event),
        _caller("/api/v1/leads"),
        sent.get("idempotency-key", "")[:200],
    )
    count("LeadsAccepted")
    return {"receipt_id": receipt_id}, HTTPStatus.ACCEPTED


def _caller(path: str) -> Caller:
    context = app.current_event.request_context
    sent = http.headers(app.current_event)
    # Behind CloudFront the viewer's address stands first in X-Forwarded-For.
    viewer = sent.get("x-forwarded-for", "").partition(",")[0].strip()
    # Behind CloudFront the host is the API's own; the browser says where the person was.
    origin = sent.get("origin", "")
    site = origin if origin.startswith("http") else f"https://{context.domain_name}"
    return Caller(
        ip=viewer or context.http.source_ip,
        user_agent=sent.get("user-agent", ""),
        url=site + path,
        origin="" if sent.get("sec-fetch-site") == "same-origin" else origin,
    )


def _wants_html() -> bool:
    return "text/html" in http.headers(app.current_event).get("accept", "")


def _target(form: str, fields: dict[str, str]) -> str:
    wanted = fields.get("redirect", "")
    try:
        allowed = service().integrations.by_form_key(form).redirect_urls if wanted else []
    except (NotFound, Gone, *Unavailable):
        allowed = []
    return wanted if wanted in allowed else f"/f/{form}?thanks=1"


def _page(
    form: str,
    status: HTTPStatus = HTTPStatus.OK,
    values: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    *,
    thanks: bool = False,
) -> Response[str]:
    try:
        integration = service().integrations.by_form_key(form)
    except Gone as gone:
        if not _wants_html():
            raise
        return _plain(HTTPStatus.GONE, "This form has moved", gone.message)
    account = service().accounts.account(integration.account_id)
    sender = service().accounts.sender_for(account.id, account.sender_id)
    html = form_page(integration, account, sender, values=values, problems=problems, thanks=thanks)
    return Response(
        status_code=status,
        content_type="text/html; charset=utf-8",
        body=html,
        headers=_PAGE_HEADERS | {"Content-Security-Policy": _policy(integration)},
    )


def _plain(status: HTTPStatus, title: str, text: str) -> Response[str]:
    return Response(
        status_code=status,
        content_type="text/html; charset=utf-8",
        body=_PLAIN.format(title=title, text=text),
        headers=_PAGE_HEADERS,
    )


def _policy(integration: Integration) -> str:
    """Allow the page its own style, and sending the form here and on to the registered sites.

    Browsers hold a form's redirect to `form-action` as well.
    """
    sites = {"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in integration.redirect_urls}
    targets = " ".join(["'self'", *sorted(sites)])
    return f"default-src 'none'; style-src 'unsafe-inline'; form-action {targets}"


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request; a script on an allowed site may read the answer."""
    answer = app.resolve(event, context)
    origin = http.headers(event).get("origin", "")
    form = (event.get("pathParameters") or {}).get("form", "")
    if form and origin and origin in _allowed_origins(form):
        answer["headers"] |= {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
    return answer


def _allowed_origins(form: str) -> list[str]:
    try:
        return service().integrations.by_form_key(form).allowed_origins
    except (NotFound, Gone, *Unavailable):
        return []
