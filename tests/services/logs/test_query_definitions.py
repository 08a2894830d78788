"""Saved queries, and the fields that queries can ask for."""

from typing import Any

from tests.services.direct import error_of

ERRORS = "filter level = 'ERROR' | stats count(*) by user"


def test_saved_queries_are_replaced_found_by_their_names_and_deleted(logs: Any) -> None:
    saved = logs.put_query_definition(
        name="web/errors", queryString=ERRORS, logGroupNames=["/app/web"]
    )["queryDefinitionId"]
    logs.put_query_definition(name="batch/all", queryString="fields @message")
    logs.put_query_definition(name="web/errors 2", queryString="limit 1", queryDefinitionId=saved)

    everything = logs.describe_query_definitions()["queryDefinitions"]
    [web] = logs.describe_query_definitions(queryDefinitionNamePrefix="web/")["queryDefinitions"]
    gone = logs.delete_query_definition(queryDefinitionId=saved)["success"]
    left = logs.describe_query_definitions()["queryDefinitions"]

    assert [each["name"] for each in everything] == ["batch/all", "web/errors 2"]
    assert web.pop("lastModified") >= everything[0]["lastModified"]
    assert web == {
        "queryLanguage": "CWLI",
        "queryDefinitionId": saved,
        "name": "web/errors 2",
        "queryString": "limit 1",
    }
    assert gone is True
    assert [each["name"] for each in left] == ["batch/all"]


def test_saved_queries_come_in_pages(logs: Any) -> None:
    for name in "cab":
        logs.put_query_definition(name=name, queryString=ERRORS, logGroupNames=["/app/web"])

    first = logs.describe_query_definitions(maxResults=2)
    second = logs.describe_query_definitions(maxResults=2, nextToken=first["nextToken"])

    assert [each["name"] for each in first["queryDefinitions"]] == ["a", "b"]
    assert [each["name"] for each in second["queryDefinitions"]] == ["c"]
    assert "nextToken" not in second
    assert second["queryDefinitions"][0]["logGroupNames"] == ["/app/web"]


def test_a_saved_query_that_is_not_there_is_neither_replaced_nor_deleted(logs: Any) -> None:
    replaced = error_of(
        logs.put_query_definition, name="a", queryString="limit 1", queryDefinitionId="none"
    )
    deleted = error_of(logs.delete_query_definition, queryDefinitionId="none")

    assert replaced["Code"] == deleted["Code"] == "ResourceNotFoundException"
    assert deleted["Message"] == "The query definition none does not exist."


def test_the_fields_of_a_group_are_told_with_how_many_events_have_them(
    logs: Any, stream: dict[str, str], now: int
) -> None:
    messages = ['{"level": "INFO"}', '{"level": "ERROR", "user": {"name": "ann"}}', "plain"]
    logs.put_log_events(
        **stream, logEvents=[{"timestamp": now, "message": message} for message in messages]
    )
    group = stream["logGroupName"]

    fields = logs.get_log_group_fields(logGroupName=group)["logGroupFields"]
    earlier = logs.get_log_group_fields(logGroupName=group, time=now // 1000 - 3600)
    around = logs.get_log_group_fields(logGroupName=group, time=now // 1000 - 60)

    assert [(field["name"], field["percent"]) for field in fields] == [
        ("@ingestionTime", 100),
        ("@log", 100),
        ("@logStream", 100),
        ("@message", 100),
        ("@timestamp", 100),
        ("level", 66),
        ("user.name", 33),
    ]
    assert earlier["logGroupFields"] == []
    assert around["logGroupFields"] == fields


def test_the_latest_queries_are_listed_first(logs: Any, stream: dict[str, str], now: int) -> None:
    for number in range(6):
        logs.start_query(
            logGroupName=stream["logGroupName"],
            startTime=now // 1000 - 60,
            endTime=now // 1000 + 60,
            queryString=f"limit {number + 1}",
        )

    listed = logs.describe_queries()["queries"]

    times = [query["createTime"] for query in listed]
    assert len(times) == 6
    assert times == sorted(times, reverse=True)
