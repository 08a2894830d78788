"""Insights queries."""

import json
from typing import Any

import pytest

from outcrop.services.logs.insights import InsightsQuery, MalformedQueryError, row_of
from tests.services.direct import error_of

START = 1_795_348_800_000
"""2026-11-22 12:00:00, in milliseconds."""
REQUESTS = [
    {"path": "/a", "status": 200, "latency": 10.5, "user": {"name": "ann"}},
    {"path": "/b", "status": 500, "latency": 900, "user": {"name": "bob"}},
    {"path": "/a", "status": 404, "latency": 20, "tags": ["x", "y"]},
    {"path": "/a", "status": 200, "latency": 30, "user": {"name": "ann"}},
]
ROWS = [
    row_of(
        message=json.dumps(request),
        timestamp=START + 60_000 * number,
        ingested_at=START,
        stream="s",
        log="1:g",
        pointer=f"p{number}",
    )
    for number, request in enumerate(REQUESTS)
]


def run(query: str) -> list[dict[str, str]]:
    """Run a query; gives its rows without their pointers."""
    rows = InsightsQuery.parse(query).run(ROWS, limit=100).rows
    return [{name: value for name, value in row if name != "@ptr"} for row in rows]


def test_without_an_order_the_latest_events_come_first() -> None:
    assert run("fields @timestamp, path | limit 2") == [
        {"@timestamp": "2026-11-22 12:03:00.000", "path": "/a"},
        {"@timestamp": "2026-11-22 12:02:00.000", "path": "/a"},
    ]


@pytest.mark.parametrize(
    ("condition", "statuses"),
    [
        ("status = 200", ["200", "200"]),
        ("status >= 400 and path = '/a'", ["404"]),
        ("status = 500 or latency < 11", ["200", "500"]),
        ("not (status = 200)", ["500", "404"]),
        ('@message like /"path": "\\/b"/', ["500"]),
        ("@message like 'bob'", ["500"]),
        ("@message not like /(?i)BOB/", ["200", "404", "200"]),
        ("path =~ /b$/", ["500"]),
        ("status in [404, 500]", ["500", "404"]),
        ("path not in ['/a']", ["500"]),
        ('ispresent(user.name) and user.name = "ann"', ["200", "200"]),
        ("tags.1 = 'y'", ["404"]),
        ("latency / 10 > 2", ["500", "200"]),
        ("strlen(user.name) = 3", ["200", "500", "200"]),
        ("missing != 1", ["200", "500", "404", "200"]),
        ("missing = 1", []),
    ],
)
def test_filters(condition: str, statuses: list[str]) -> None:
    rows = run(f"fields status | filter {condition} | sort @timestamp asc")

    assert [row["status"] for row in rows] == statuses


def test_stats_sum_up_groups() -> None:
    query = """
        # The slowest paths
        stats count(*) as n, avg(latency), max(latency) as worst, pct(latency, 50) by path
        | sort n desc
    """

    assert run(query) == [
        {
            "path": "/a",
            "n": "3",
            "avg(latency)": "20.1667",
            "worst": "30",
            "pct(latency, 50)": "20",
        },
        {
            "path": "/b",
            "n": "1",
            "avg(latency)": "900",
            "worst": "900",
            "pct(latency, 50)": "900",
        },
    ]


def test_stats_by_time() -> None:
    assert run("stats sum(latency) by bin(2m) | sort bin(2m)") == [
        {"bin(2m)": "2026-11-22 12:00:00.000", "sum(latency)": "910.5"},
        {"bin(2m)": "2026-11-22 12:02:00.000", "sum(latency)": "50"},
    ]


def test_stats_without_groups_are_one_row() -> None:
    query = "filter status = 999 | stats count(*), count_distinct(path), latest(path)"

    assert run(query) == [{"count(*)": "0", "count_distinct(path)": "0"}]


def test_parse_takes_fields_from_text() -> None:
    by_glob = run('parse @message \'"path": "*", "status": *,\' as p, s | display p, s | limit 1')
    by_regex = run('parse @message /"latency": (?<ms>[\\d.]+)/ | stats max(ms)')

    assert by_glob == [{"p": "/a", "s": "200"}]
    assert by_regex == [{"max(ms)": "900"}]


def test_dedup_keeps_the_first_of_each() -> None:
    rows = run("fields path, status | sort latency asc | dedup path")

    assert [(row["path"], row["status"]) for row in rows] == [("/a", "200"), ("/b", "500")]


def test_fields_are_computed_and_named() -> None:
    [row] = run("fields concat(path, '!', toupper(user.name)) as who, latency * 2 | limit 1")

    assert row == {"who": "/a!ANN", "latency * 2": "60"}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("fields", "unexpected symbol found end of query at position 6"),
        ("nonsense x", "unexpected symbol found nonsense at position 0"),
        ("filter status = ", "unexpected symbol found end of query at position 16"),
        ("fields nosuch(1)", "Invalid function name: nosuch"),
        ("fields a ; b", "unexpected symbol found ; at position 9"),
        ("filter a like /(/", "invalid regular expression /(/: missing ) at position 1"),
    ],
)
def test_a_query_that_breaks_the_grammar_is_told(query: str, message: str) -> None:
    with pytest.raises(MalformedQueryError) as caught:
        InsightsQuery.parse(query)

    assert str(caught.value) == message


def test_a_query_over_the_wire(logs: Any, stream: dict[str, str], now: int) -> None:
    events = [{"timestamp": now + n, "message": json.dumps({"n": n})} for n in range(5)]
    logs.put_log_events(**stream, logEvents=events)

    query_id = logs.start_query(
        logGroupName=stream["logGroupName"],
        startTime=now // 1000 - 60,
        endTime=now // 1000 + 60,
        queryString="filter n > 2 | sort n asc",
    )["queryId"]
    answer = logs.get_query_results(queryId=query_id)
    first = {field["field"]: field["value"] for field in answer["results"][0]}
    record = logs.get_log_record(logRecordPointer=first["@ptr"])["logRecord"]
    [described] = logs.describe_queries(logGroupName=stream["logGroupName"])["queries"]
    stopped = error_of(logs.stop_query, queryId=query_id)

    assert (answer["status"], len(answer["results"])) == ("Complete", 2)
    assert first["@message"] == '{"n": 3}'
    assert answer["statistics"]["recordsScanned"] == 5.0
    assert answer["statistics"]["recordsMatched"] == 2.0
    assert (record["n"], record["@logStream"]) == ("3", "host-1")
    assert (described["queryId"], described["status"]) == (query_id, "Complete")
    assert stopped["Code"] == "InvalidParameterException"


def test_an_expression_that_takes_too_long_is_given_up(
    logs: Any, stream: dict[str, str], now: int
) -> None:
    logs.put_log_events(**stream, logEvents=[{"timestamp": now, "message": "a" * 5000 + "!"}])

    refused = error_of(
        logs.start_query,
        logGroupName=stream["logGroupName"],
        startTime=now // 1000 - 60,
        endTime=now // 1000 + 60,
        queryString="filter @message like /^(a|aa)+$/",
    )

    assert refused == {
        "Code": "MalformedQueryException",
        "Message": "The regular expression '^(a|aa)+$' takes too long for a log event.",
    }
