"""What fuzzing has found, each once more."""

import pytest

from outcrop import LocalServer
from tests.fuzz.wire import ANSWER_WITHIN_SECONDS, exchange

CHUNKED = b"Host: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "body", [b"{}", b"zz\r\nab\r\n0\r\n\r\n", b"-1\r\n", b"2\r\nabc\r\n0\r\n\r\n"]
)
def test_a_body_in_broken_chunks_is_refused(fuzzed: LocalServer, body: bytes) -> None:
    target = b"X-Amz-Target: Logs_20140328.DescribeLogGroups\r\n"

    sent = b"POST / HTTP/1.1\r\n" + target + CHUNKED + body
    answer = exchange(fuzzed.port, sent, pause_seconds=ANSWER_WITHIN_SECONDS)

    assert answer.statuses == [400]
    assert b"IncompleteBody" in answer.raw
