"""Events put into a stream and read from it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.services.direct import error_of

HOUR = 3_600_000


def put(logs: Any, stream: dict[str, str], *events: tuple[int, str]) -> dict[str, Any]:
    shaped = [{"timestamp": time, "message": message} for time, message in events]
    return logs.put_log_events(**stream, logEvents=shaped)


def messages(answer: dict[str, Any]) -> list[str]:
    return [event["message"] for event in answer["events"]]


def test_events_come_back_in_the_order_of_their_times(
    logs: Any, stream: dict[str, str], now: int
) -> None:
    put(logs, stream, (now - 10, "c"), (now, "e"))
    put(logs, stream, (now - 20, "b"), (now - 5, "d"))
    put(logs, stream, (now - 30, "a"), (now - 30, "a2"))

    head = logs.get_log_events(**stream, startFromHead=True)
    tail = logs.get_log_events(**stream, limit=2)

    assert messages(head) == ["a", "a2", "b", "c", "d", "e"]
    assert messages(tail) == ["d", "e"]


def test_tokens_lead_in_both_directions_and_stay_at_the_end(
    logs: Any, stream: dict[str, str], now: int
) -> None:
    put(logs, stream, *((now + number, f"{number}") for number in range(5)))

    first = logs.get_log_events(**stream, startFromHead=True, limit=2)
    second = logs.get_log_events(**stream, nextToken=first["nextForwardToken"], limit=2)
    third = logs.get_log_events(**stream, nextToken=second["nextForwardToken"], limit=2)
    end = logs.get_log_events(**stream, nextToken=third["nextForwardToken"], limit=2)
    back = logs.get_log_events(**stream, nextToken=third["nextBackwardToken"], limit=3)
    start = logs.get_log_events(**stream, nextToken=first["nextBackwardToken"])

    assert [messages(page) for page in (first, second, third, end)] == [
        ["0", "1"],
        ["2", "3"],
        ["4"],
        [],
    ]
    assert end["nextForwardToken"] == third["nextForwardToken"]
    assert messages(back) == ["1", "2", "3"]
    assert (messages(start), start["nextBackwardToken"]) == ([], first["nextBackwardToken"])


def test_a_reader_at_the_end_sees_what_comes_next(
    logs: Any, stream: dict[str, str], now: int
) -> None:
    empty = logs.get_log_events(**stream)
    put(logs, stream, (now, "a"))
    first = logs.get_log_events(**stream, nextToken=empty["nextForwardToken"])
    put(logs, stream, (now, "same time"), (now + 1, "b"))
    second = logs.get_log_events(**stream, nextToken=first["nextForwardToken"])

    assert (messages(first), messages(second)) == (["a"], ["same time", "b"])


def test_a_time_range_includes_its_start_and_excludes_its_end(
    logs: Any, stream: dict[str, str], now: int
) -> None:
    put(logs, stream, *((now + number, f"{number}") for number in range(5)))

    page = logs.get_log_events(**stream, startTime=now + 1, endTime=now + 3)

    assert messages(page) == ["1", "2"]


def test_too_old_and_too_new_events_are_told_and_left_out(
    logs: Any, stream: dict[str, str], now: int
) -> None:
    answer = put(
        logs,
        stream,
        (now - 15 * 24 * HOUR, "too old"),
        (now, "kept"),
        (now + 3 * HOUR, "too new"),
    )

    assert answer["rejectedLogEventsInfo"] == {
        "tooOldLogEventEndIndex": 1,
        "tooNewLogEventStartIndex": 2,
    }
    assert messages(logs.get_log_events(**stream)) == ["kept"]


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (
            [(0, "later"), (-1, "earlier")],
            "Log events in a single PutLogEvents request must be in chronological order.",
        ),
        (
            [(-25 * HOUR, "a"), (0, "b")],
            "The batch of log events in a single PutLogEvents request cannot span more than 24"
            " hours.",
        ),
        (
            [(0, "x" * 1_048_551)],
            "Upload too large: 1048577 bytes exceeds limit of 1048576",
        ),
    ],
)
def test_a_batch_that_breaks_the_rules_is_refused(
    logs: Any, stream: dict[str, str], now: int, events: list[tuple[int, str]], message: str
) -> None:
    shaped = [{"timestamp": now + time, "message": text} for time, text in events]

    refused = error_of(logs.put_log_events, **stream, logEvents=shaped)

    assert refused == {"Code": "InvalidParameterException", "Message": message}
    assert messages(logs.get_log_events(**stream)) == []


def test_batches_of_many_writers_are_all_kept(logs: Any, stream: dict[str, str], now: int) -> None:
    def write(number: int) -> None:
        put(logs, stream, (now + number, f"{number:03d}"))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(80)))

    assert messages(logs.get_log_events(**stream)) == [f"{number:03d}" for number in range(80)]


def test_a_page_holds_a_megabyte(logs: Any, stream: dict[str, str], now: int) -> None:
    for number in range(3):
        put(logs, stream, (now + number, f"{number}" * 500_000))

    first = logs.get_log_events(**stream, startFromHead=True)
    second = logs.get_log_events(**stream, nextToken=first["nextForwardToken"])

    assert [len(first["events"]), len(second["events"])] == [2, 1]


def test_a_token_from_elsewhere_is_refused(logs: Any, stream: dict[str, str]) -> None:
    refused = error_of(logs.get_log_events, **stream, nextToken="f/12")

    assert refused == {
        "Code": "InvalidParameterException",
        "Message": "The specified nextToken is invalid.",
    }


def test_a_group_goes_by_its_arn_too(
    logs: Any, stream: dict[str, str], now: int, account: str
) -> None:
    put(logs, stream, (now, "x"))
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:/app/web"

    page = logs.get_log_events(logGroupIdentifier=arn, logStreamName="host-1")

    assert messages(page) == ["x"]
