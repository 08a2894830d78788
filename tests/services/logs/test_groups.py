"""Log groups and their tags."""

from typing import Any

from tests.services.direct import error_of


def test_a_group_is_described_as_it_was_made(logs: Any, account: str) -> None:
    logs.create_log_group(logGroupName="/a", tags={"team": "x"}, logGroupClass="INFREQUENT_ACCESS")

    [group] = logs.describe_log_groups()["logGroups"]

    assert group.pop("creationTime") > 0
    assert group == {
        "logGroupName": "/a",
        "metricFilterCount": 0,
        "arn": f"arn:aws:logs:us-east-1:{account}:log-group:/a:*",
        "logGroupArn": f"arn:aws:logs:us-east-1:{account}:log-group:/a",
        "storedBytes": 0,
        "logGroupClass": "INFREQUENT_ACCESS",
        "deletionProtectionEnabled": False,
    }
    assert logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"] == {"team": "x"}


def test_a_group_is_made_once_and_deleted_once(logs: Any) -> None:
    logs.create_log_group(logGroupName="/a")

    again = error_of(logs.create_log_group, logGroupName="/a")
    logs.delete_log_group(logGroupName="/a")
    gone = error_of(logs.delete_log_group, logGroupName="/a")

    assert again == {
        "Code": "ResourceAlreadyExistsException",
        "Message": "The specified log group already exists",
    }
    assert gone == {
        "Code": "ResourceNotFoundException",
        "Message": "The specified log group does not exist.",
    }


def test_a_group_made_anew_starts_empty(logs: Any, stream: dict[str, str], now: int) -> None:
    logs.put_log_events(**stream, logEvents=[{"timestamp": now, "message": "old"}])

    logs.delete_log_group(logGroupName="/app/web")
    logs.create_log_group(logGroupName="/app/web")
    logs.create_log_stream(**stream)

    assert logs.get_log_events(**stream)["events"] == []


def test_groups_are_listed_by_page_prefix_and_pattern(logs: Any) -> None:
    for name in ("/aws/b", "/aws/a", "/other", "/aws/c"):
        logs.create_log_group(logGroupName=name)

    pages = logs.get_paginator("describe_log_groups").paginate(
        logGroupNamePrefix="/aws", PaginationConfig={"PageSize": 2}
    )
    by_page = [[group["logGroupName"] for group in page["logGroups"]] for page in pages]
    by_pattern = logs.describe_log_groups(logGroupNamePattern="the")["logGroups"]
    listed = logs.list_log_groups(logGroupNamePattern="^/aws|other")["logGroups"]

    assert by_page == [["/aws/a", "/aws/b"], ["/aws/c"]]
    assert [group["logGroupName"] for group in by_pattern] == ["/other"]
    assert [group["logGroupName"] for group in listed] == ["/aws/a", "/aws/b", "/aws/c", "/other"]


def test_a_protected_group_stays(logs: Any) -> None:
    logs.create_log_group(logGroupName="/a", deletionProtectionEnabled=True)

    refused = error_of(logs.delete_log_group, logGroupName="/a")
    logs.put_log_group_deletion_protection(logGroupIdentifier="/a", deletionProtectionEnabled=False)
    logs.delete_log_group(logGroupName="/a")

    assert refused["Code"] == "OperationAbortedException"


def test_tags_are_added_overwritten_and_removed(logs: Any, account: str) -> None:
    logs.create_log_group(logGroupName="/a", tags={"a": "1", "b": "2"})
    arn = f"arn:aws:logs:us-east-1:{account}:log-group:/a"

    logs.tag_resource(resourceArn=arn, tags={"b": "3", "c": "4"})
    logs.untag_log_group(logGroupName="/a", tags=["a", "unknown"])

    assert logs.list_tags_log_group(logGroupName="/a")["tags"] == {"b": "3", "c": "4"}


def test_a_token_of_another_place_is_refused(logs: Any) -> None:
    refused = error_of(logs.describe_log_groups, nextToken="never")

    assert refused == {
        "Code": "InvalidParameterException",
        "Message": "The specified nextToken is invalid.",
    }


def test_a_name_that_breaks_the_model_is_refused_in_the_services_words(logs: Any) -> None:
    refused = error_of(logs.create_log_group, logGroupName="a b")

    assert refused["Code"] == "InvalidParameterException"
    assert refused["Message"].startswith(
        "1 validation error detected: Value 'a b' at 'logGroupName'"
    )
