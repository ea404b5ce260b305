"""A provider's webhook for delivery receipts: checked, queued, acknowledged."""

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
def receipts() -> Queue:
    """Return the queue of receipts."""
    return Queue(settings.current().receipts_queue)


@app.post("/webhooks/<provider>/<account>/status", summary="Delivery receipt", tags=["Webhooks"])
def receive(provider: str, account: str) -> Response[str]:
    """Take one receipt; those that say nothing new are acknowledged and dropped."""
    event = app.current_event
    reference = event.query_string_parameters.get("ref", "")
    command = service().status(call_from(event, provider, account), reference)
    if command:
        receipts().send(command)
    return Response(status_code=204)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one webhook."""
    return app.resolve(event, context)
