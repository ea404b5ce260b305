"""A provider's webhooks for texts received and for calls: checked, queued, answered."""

from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from assent.accounts.service import AccountService
from assent.messaging.http import call_from
from assent.messaging.providers.base import Document
from assent.messaging.voice_webhooks import VoiceWebhooks
from assent.messaging.webhooks import WebhookService
from assent.platform import http, settings
from assent.platform.clock import SystemClock
from assent.platform.observability import logger, metrics
from assent.platform.queues import Queue

app = APIGatewayHttpResolver()
http.answer_refusals(app)


@cache
def service() -> WebhookService:
    """Compose the service, once per process."""
    return WebhookService(settings=settings.current(), clock=SystemClock())


@cache
def inbound() -> Queue:
    """Return the queue of messages received."""
    return Queue(settings.current().inbound_queue)


@cache
def voice() -> VoiceWebhooks:
    """Compose the service for calls, once per process."""
    clock = SystemClock()
    return VoiceWebhooks(service(), clock, AccountService(clock), inbound())


@app.post("/webhooks/<provider>/<account>/inbound", summary="Text received", tags=["Webhooks"])
def receive(provider: str, account: str) -> Response[str]:
    """Take one text. The answer is an empty one: replies go their own way."""
    inbound().send(service().inbound(call_from(app.current_event, provider, account)))
    return Response(status_code=200, content_type="text/xml", body="<Response/>")


@app.post("/webhooks/<provider>/<account>/voice", summary="Call received", tags=["Webhooks"])
def ring(provider: str, account: str) -> Response[str]:
    """Say to a caller what it has reached, and which keys count."""
    return _said(voice().ring(call_from(app.current_event, provider, account)))


@app.post(
    "/webhooks/<provider>/<account>/voice/keys", summary="Key pressed in a call", tags=["Webhooks"]
)
def press(provider: str, account: str) -> Response[str]:
    """Take one key, and say what it did."""
    return _said(voice().key(call_from(app.current_event, provider, account)))


def _said(document: Document) -> Response[str]:
    return Response(status_code=200, content_type=document.content_type, body=document.body)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one webhook."""
    return app.resolve(event, context)
