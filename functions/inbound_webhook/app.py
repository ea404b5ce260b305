"""A provider's webhook for texts received: checked, queued, acknowledged."""

from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from assent.messaging.http import call_from
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


@app.post("/webhooks/<provider>/<account>/inbound", summary="Text received", tags=["Webhooks"])
def receive(provider: str, account: str) -> Response[str]:
    """Take one text. The answer is an empty one: replies go their own way."""
    inbound().send(service().inbound(call_from(app.current_event, provider, account)))
    return Response(status_code=200, content_type="text/xml", body="<Response/>")


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one webhook."""
    return app.resolve(event, context)
