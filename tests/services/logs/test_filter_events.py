"""Events of a whole group, searched."""

from typing import Any

import pytest

from tests.services.direct import error_of

GROUP = "/app/web"


@pytest.fixture
def filled(logs: Any, stream: dict[str, str], now: int) -> int:
    """Two streams whose events alternate; gives the time of the first."""
    logs.create_log_stream(logGroupName=GROUP, logStreamName="host-2")
    for host, offset in (("host-1", 0), ("host-2", 1)):
        events = [
            {"timestamp": now + 2 * number + offset, "message": f"{host} line {number}"}
            for number in range(10)
        ]
        logs.put_log_events(logGroupName=GROUP, logStreamName=host, logEvents=events)
    return now


def test_streams_are_merged_by_time(logs: Any, filled: int) -> None:
    events = logs.filter_log_events(logGroupName=GROUP, filterPattern='"line 3"')["events"]

    assert [(event["logStreamName"], event["timestamp"] - filled) for event in events] == [
        ("host-1", 6),
        ("host-2", 7),
    ]
    assert len({event["eventId"] for event in events}) == 2
    assert all(len(event["eventId"]) == 56 for event in events)


def test_pages_give_every_event_once(logs: Any, filled: int) -> None:
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=GROUP, PaginationConfig={"PageSize": 7}
    )
    times = [event["timestamp"] - filled for page in pages for event in page["events"]]

    assert times == list(range(20))


def test_the_latest_come_first_when_asked(logs: Any, filled: int) -> None:
    start = {"startTime": filled, "startFromHead": False}

    first = logs.filter_log_events(logGroupName=GROUP, limit=3, **start)
    second = logs.filter_log_events(logGroupName=GROUP, limit=2, nextToken=first["nextToken"])

    times = [event["timestamp"] - filled for event in first["events"] + second["events"]]
    assert times == [19, 18, 17, 16, 15]


def test_streams_are_chosen_by_name_or_prefix(logs: Any, filled: int) -> None:
    by_name = logs.filter_log_events(logGroupName=GROUP, logStreamNames=["host-2"])["events"]
    by_prefix = logs.filter_log_events(logGroupName=GROUP, logStreamNamePrefix="host-1")["events"]
    missing = error_of(logs.filter_log_events, logGroupName=GROUP, logStreamNames=["none"])

    assert {event["logStreamName"] for event in by_name} == {"host-2"}
    assert {event["logStreamName"] for event in by_prefix} == {"host-1"}
    assert missing == {
        "Code": "ResourceNotFoundException",
        "Message": "The specified log stream does not exist.",
    }


def test_both_ends_of_the_time_are_included(logs: Any, filled: int) -> None:
    events = logs.filter_log_events(logGroupName=GROUP, startTime=filled + 3, endTime=filled + 5)

    assert [event["timestamp"] - filled for event in events["events"]] == [3, 4, 5]


def test_a_pattern_that_breaks_the_grammar_is_refused(logs: Any, stream: dict[str, str]) -> None:
    refused = error_of(logs.filter_log_events, logGroupName=GROUP, filterPattern="a: b")

    assert refused == {
        "Code": "InvalidParameterException",
        "Message": "Invalid character(s) in term ':'",
    }
