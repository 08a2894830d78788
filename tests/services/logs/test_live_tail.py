"""Events as they arrive."""

from collections.abc import Callable
from typing import Any

from botocore.config import Config


def test_new_events_are_told_and_old_ones_are_not(
    client: Callable[..., Any], logs: Any, stream: dict[str, str], now: int, account: str
) -> None:
    def put(*messages: str) -> None:
        events = [{"timestamp": now, "message": message} for message in messages]
        logs.put_log_events(**stream, logEvents=events)

    put("old ERROR")
    tail = client("logs", config=Config(inject_host_prefix=False))
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:{stream['logGroupName']}"

    answer = tail.start_live_tail(logGroupIdentifiers=[arn], logEventFilterPattern="ERROR")
    updates = iter(answer["responseStream"])
    start = next(updates)["sessionStart"]
    put("new ERROR", "new INFO")
    results: list[Any] = []
    while not results:
        results = next(updates)["sessionUpdate"]["sessionResults"]
    answer["responseStream"].close()

    assert {**start, "requestId": "", "sessionId": ""} == {
        "requestId": "",
        "sessionId": "",
        "logGroupIdentifiers": [arn],
        "logEventFilterPattern": "ERROR",
    }
    assert [event["message"] for event in results] == ["new ERROR"]
    assert results[0]["logStreamName"] == "host-1"
