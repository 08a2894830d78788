"""Log streams."""

from typing import Any

from tests.services.direct import error_of


def names_of(answer: dict[str, Any]) -> list[str]:
    return [stream["logStreamName"] for stream in answer["logStreams"]]


def test_a_stream_tells_of_its_events(logs: Any, stream: dict[str, str], now: int) -> None:
    logs.put_log_events(
        **stream,
        logEvents=[{"timestamp": now - 5, "message": "a"}, {"timestamp": now, "message": "b"}],
    )

    [found] = logs.describe_log_streams(logGroupName="/app/web")["logStreams"]

    assert (found["firstEventTimestamp"], found["lastEventTimestamp"]) == (now - 5, now)
    assert found["lastIngestionTime"] >= now
    assert found["arn"].endswith(":log-group:/app/web:log-stream:host-1")
    [group] = logs.describe_log_groups()["logGroups"]
    assert group["storedBytes"] == 2 * (1 + 26)


def test_streams_are_ordered_by_name_or_by_last_event(
    logs: Any, stream: dict[str, str], now: int
) -> None:
    group = stream["logGroupName"]
    for name, age in (("b", 1), ("c", 3), ("a", 2)):
        logs.create_log_stream(logGroupName=group, logStreamName=name)
        logs.put_log_events(
            logGroupName=group,
            logStreamName=name,
            logEvents=[{"timestamp": now - age, "message": "x"}],
        )

    by_name = logs.describe_log_streams(logGroupName=group)
    down = logs.describe_log_streams(logGroupName=group, descending=True, limit=3)
    rest = logs.describe_log_streams(
        logGroupName=group, descending=True, nextToken=down["nextToken"]
    )
    by_time = logs.describe_log_streams(
        logGroupName=group, orderBy="LastEventTime", descending=True
    )

    assert names_of(by_name) == ["a", "b", "c", "host-1"]
    assert names_of(down) + names_of(rest) == ["host-1", "c", "b", "a"]
    assert names_of(by_time) == ["b", "a", "c", "host-1"]


def test_order_by_time_and_a_prefix_exclude_each_other(logs: Any, stream: dict[str, str]) -> None:
    refused = error_of(
        logs.describe_log_streams,
        logGroupName=stream["logGroupName"],
        orderBy="LastEventTime",
        logStreamNamePrefix="h",
    )

    assert refused == {
        "Code": "InvalidParameterException",
        "Message": "Cannot order by LastEventTime with a logStreamNamePrefix.",
    }


def test_a_deleted_stream_takes_its_events_along(
    logs: Any, stream: dict[str, str], now: int
) -> None:
    logs.put_log_events(**stream, logEvents=[{"timestamp": now, "message": "x"}])

    logs.delete_log_stream(**stream)

    assert error_of(logs.get_log_events, **stream) == {
        "Code": "ResourceNotFoundException",
        "Message": "The specified log stream does not exist.",
    }
    assert logs.filter_log_events(logGroupName="/app/web")["events"] == []
