"""What Prometheus may read of the server.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from outcrop.aws.errors import UnknownOperationError
from outcrop.aws.http import HttpResponse
from outcrop.gateway.journal import JournalEntry
from outcrop.protocol.query import COMMON_CODES

_UNKNOWN_OPERATION = frozenset(
    (UnknownOperationError.code, COMMON_CODES[UnknownOperationError.code])
)
"""How the journal says that there is no such operation."""
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


@dataclass(slots=True)
class _Durations:
    """How long the answers of one operation took."""

    seconds: float = 0.0
    """All together."""
    up_to: list[int] = field(default_factory=lambda: [0] * (len(_SECONDS) + 1))
    """How many took at most so long, and longer than the bound before; the last, longer than all"""


class Measures(Collector):
    """Counts requests and their durations by service and operation.

    It counts by itself, and makes the library's metrics of that when somebody reads them: to count
    by those takes a twentieth of the time of a small call.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(self)
        self._requests: dict[tuple[str, str, int], int] = {}
        self._durations: dict[tuple[str, str], _Durations] = {}
        self.in_progress = Gauge(
            "outcrop_requests_in_progress", "Requests being answered.", registry=self._registry
        )

    def count(self, entry: JournalEntry) -> None:
        """Add a finished request."""
        # A client may make up names of operations without end; they must not become labels.
        is_known = entry.operation and entry.error not in _UNKNOWN_OPERATION
        service, operation = entry.service or "none", entry.operation if is_known else "none"
        answer = (service, operation, entry.status)
        self._requests[answer] = self._requests.get(answer, 0) + 1
        durations = self._durations.get((service, operation))
        if durations is None:
            durations = self._durations[service, operation] = _Durations()
        seconds = entry.duration_ms / 1000
        durations.seconds += seconds
        durations.up_to[bisect_left(_SECONDS, seconds)] += 1

    def collect(self) -> Iterator[Metric]:
        """Give what was counted as the library's metrics."""
        requests = CounterMetricFamily(
            "outcrop_requests", "Requests answered.", labels=["service", "operation", "status"]
        )
        for (service, operation, status), number in self._requests.items():
            requests.add_metric([service, operation, str(status)], number)
        yield requests
        seconds = HistogramMetricFamily(
            "outcrop_request_seconds",
            "Time from a request's head to the last byte of its answer.",
            labels=["service", "operation"],
        )
        bounds = [*(str(float(bound)) for bound in _SECONDS), "+Inf"]
        for labels, durations in self._durations.items():
            buckets = list(zip(bounds, accumulate(durations.up_to), strict=True))
            seconds.add_metric(labels, buckets, durations.seconds)
        yield seconds

    def expose(self) -> HttpResponse:
        """Return all of it in Prometheus' text format."""
        return HttpResponse(
            headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4},
            body=generate_latest(self._registry),
        )
