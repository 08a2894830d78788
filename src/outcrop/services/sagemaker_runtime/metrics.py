"""The metrics of invocations: what each tells of one.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is to be told of one invocation."""

    status: int
    """The container's, 0 for one that did not answer."""
    model_seconds: float
    """From the request to the container to the end of its answer."""
    overhead_seconds: float
    """The rest."""
    at_once: int = 1
    """How many requests were under way when it began, itself among them."""
    size: int = 1
    """How many instances or copies there were."""
    has_capacity: bool = True
    """Whether there was a copy to ask."""
    line: str = ""
    """What is captured of it."""

    @classmethod
    def of_no_capacity(cls) -> "Report":
        """Return what is told of a request that no copy was there for."""
        return cls(status=400, model_seconds=0, overhead_seconds=0, has_capacity=False)


@dataclass(frozen=True, slots=True)
class Metric:
    """What one metric tells of each invocation."""

    name: str
    of: Callable[[Report], float]
    unit: str = "None"


def _microseconds(seconds: float) -> float:
    return float(round(seconds * 1e6))


OF_ALL = (
    Metric("Invocations", lambda _: 1.0),
    Metric("Invocation4XXErrors", lambda one: float(400 <= one.status < 500)),
    Metric("Invocation5XXErrors", lambda one: float(not one.status or one.status >= 500)),
    Metric("ModelLatency", lambda one: _microseconds(one.model_seconds), "Microseconds"),
    Metric("OverheadLatency", lambda one: _microseconds(one.overhead_seconds), "Microseconds"),
)
OF_VARIANTS = (
    *OF_ALL,
    Metric("InvocationsPerInstance", lambda one: 1 / one.size),
    Metric("ConcurrentRequestsPerModel", lambda one: one.at_once / one.size, "Count"),
)
"""Of variants that have instances."""
OF_COMPONENTS = (
    *OF_ALL,
    Metric("InvocationsPerCopy", lambda one: 1 / one.size),
    Metric("ConcurrentRequestsPerCopy", lambda one: one.at_once / one.size, "Count"),
)


def of_serverless(config: Mapping[str, int]) -> Sequence[Metric]:
    """Return the metrics of a serverless variant; more are those with provisioned concurrency.

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html
    """
    most, warm = config["MaxConcurrency"], config.get("ProvisionedConcurrency", 0)
    metrics = (
        *OF_ALL,
        Metric("ServerlessConcurrentExecutionsUtilization", lambda one: one.at_once / most),
    )
    if not warm:
        return metrics
    kind = "ServerlessProvisionedConcurrency"
    return (
        *metrics,
        Metric(f"{kind}Executions", lambda one: float(min(one.at_once, warm)), "Count"),
        Metric(f"{kind}Utilization", lambda one: min(one.at_once, warm) / warm),
        Metric(f"{kind}Invocations", lambda one: float(one.at_once <= warm)),
        Metric(f"{kind}SpilloverInvocations", lambda one: float(one.at_once > warm)),
    )
