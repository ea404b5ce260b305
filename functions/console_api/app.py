"""Everything that the console does, one route after the other, answered at once."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from assent.api.app import app
from assent.platform.observability import logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return app.resolve(event, context)
