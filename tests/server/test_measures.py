"""What `/metrics` tells of the requests that were answered."""

from outcrop.gateway.journal import JournalEntry
from outcrop.server.measures import Measures


def entry(
    operation: str, *, duration_ms: float, status: int = 200, error: str = ""
) -> JournalEntry:
    return JournalEntry(
        time="2026-01-01T00:00:00.000+00:00",
        request_id="r",
        client="127.0.0.1",
        method="POST",
        path="/",
        service="sts",
        operation=operation,
        account="123456789012",
        region="us-east-1",
        status=status,
        error=error,
        message="",
        duration_ms=duration_ms,
        bytes_sent=0,
    )


def lines(measures: Measures) -> list[str]:
    body = measures.expose().body
    assert isinstance(body, bytes)
    return [line for line in body.decode().splitlines() if not line.startswith("#")]


def test_requests_are_counted_by_their_status():
    measures = Measures()
    for status in (200, 200, 400):
        measures.count(entry("AssumeRole", duration_ms=1, status=status))

    counts = [line for line in lines(measures) if line.startswith("outcrop_requests_total")]

    assert counts == [
        'outcrop_requests_total{operation="AssumeRole",service="sts",status="200"} 2.0',
        'outcrop_requests_total{operation="AssumeRole",service="sts",status="400"} 1.0',
    ]


def test_a_duration_is_counted_at_every_bound_that_it_does_not_exceed():
    measures = Measures()
    for duration_ms in (1, 2, 400_000):
        measures.count(entry("AssumeRole", duration_ms=duration_ms))

    told = [line for line in lines(measures) if line.startswith("outcrop_request_seconds")]
    labels = 'operation="AssumeRole",service="sts"'

    assert told[:3] == [
        f'outcrop_request_seconds_bucket{{le="0.001",{labels}}} 1.0',
        f'outcrop_request_seconds_bucket{{le="0.0025",{labels}}} 2.0',
        f'outcrop_request_seconds_bucket{{le="0.005",{labels}}} 2.0',
    ]
    assert told[-3:] == [
        f'outcrop_request_seconds_bucket{{le="+Inf",{labels}}} 3.0',
        f"outcrop_request_seconds_count{{{labels}}} 3.0",
        f"outcrop_request_seconds_sum{{{labels}}} 400.003",
    ]


def test_operations_that_nobody_knows_are_counted_together():
    measures = Measures()
    for operation in ("Guess", "GuessAgain"):
        unknown = entry(operation, duration_ms=1, status=404, error="UnknownOperationException")
        measures.count(unknown)

    counts = [line for line in lines(measures) if line.startswith("outcrop_requests_total")]

    assert counts == ['outcrop_requests_total{operation="none",service="sts",status="404"} 2.0']
