"""One logger and one set of metrics for every function. Phone numbers go into neither."""

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger()
metrics = Metrics()


def count(name: str, value: float = 1) -> None:
    """Count something, as a CloudWatch metric."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)


def milliseconds(name: str, value: float) -> None:
    """Record how long something took, as a CloudWatch metric."""
    metrics.add_metric(name=name, unit=MetricUnit.Milliseconds, value=value)
