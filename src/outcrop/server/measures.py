"""What Prometheus may read of the server.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from outcrop.aws.errors import UnknownOperationError
from outcrop.aws.http import HttpResponse
from outcrop.gateway.journal import JournalEntry
from outcrop.protocol.query import COMMON_CODES

_UNKNOWN_OPERATION = frozenset(
    (UnknownOperationError.code, COMMON_CODES[UnknownOperationError.code])
)
"""How the journal says that there is no such operation."""
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Measures:
    """Counts requests and their durations by service and operation."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._found: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._requests = Counter(
            "outcrop_requests",
            "Requests answered.",
            ["service", "operation", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "outcrop_request_seconds",
            "Time from a request's head to the last byte of its answer.",
            ["service", "operation"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.in_progress = Gauge(
            "outcrop_requests_in_progress", "Requests being answered.", registry=self._registry
        )

    def count(self, entry: JournalEntry) -> None:
        """Add a finished request."""
        # A client may make up names of operations without end; they must not become labels.
        is_known = entry.operation and entry.error not in _UNKNOWN_OPERATION
        service, operation = entry.service or "none", entry.operation if is_known else "none"
        requests, seconds = self._labelled(service, operation, entry.status)
        requests.inc()
        seconds.observe(entry.duration_ms / 1000)

    def _labelled(self, service: str, operation: str, status: int) -> tuple[Counter, Histogram]:
        """Return what counts these: the library takes longer to find it than to count."""
        found = self._found.get((service, operation, status))
        if found is None:
            found = (
                self._requests.labels(service, operation, str(status)),
                self._seconds.labels(service, operation),
            )
            self._found[service, operation, status] = found
        return found

    def expose(self) -> HttpResponse:
        """Return all of it in Prometheus' text format."""
        return HttpResponse(
            headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4},
            body=generate_latest(self._registry),
        )
