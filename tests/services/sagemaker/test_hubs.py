"""Private hubs and their contents through boto3."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Clients = Callable[..., Any]
MODEL = {"HubName": "Hub", "HubContentType": "Model", "HubContentName": "bert"}


@pytest.fixture
def sagemaker(client: Clients) -> Any:
    made = client("sagemaker")
    made.create_hub(HubName="Hub", HubDescription="ours", HubSearchKeywords=["text"])
    return made


def load(sagemaker: Any, **more: Any) -> Any:
    return sagemaker.import_hub_content(
        **{**MODEL, "DocumentSchemaVersion": "1.0.0", "HubContentDocument": "{}", **more}
    )


def refused(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def versions(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (one["HubContentName"], one["HubContentVersion"]) for one in answer["HubContentSummaries"]
    ]


def test_a_hub_is_told_with_its_changes(sagemaker: Any, account: str) -> None:
    sagemaker.update_hub(HubName="Hub", HubDescription="everybody's")

    told = sagemaker.describe_hub(HubName="Hub")

    for name in ("CreationTime", "LastModifiedTime", "ResponseMetadata"):
        del told[name]
    assert told == {
        "HubName": "Hub",
        "HubArn": f"arn:aws:sagemaker:us-east-1:{account}:hub/Hub",
        "HubDescription": "everybody's",
        "HubSearchKeywords": ["text"],
        "HubStatus": "InService",
        "CreatedBy": {},
        "LastModifiedBy": {},
    }
    assert [one["HubName"] for one in sagemaker.list_hubs(NameContains="Hu")["HubSummaries"]] == [
        "Hub"
    ]


def test_the_latest_version_is_the_one_with_the_greatest_number(
    sagemaker: Any, account: str
) -> None:
    made = load(sagemaker)
    for version in ("1.10.0", "1.9.0"):
        load(sagemaker, HubContentVersion=version)
    load(sagemaker, HubContentName="gpt", HubContentVersion="0.1.0")

    of_hub = {"HubName": "Hub", "HubContentType": "Model"}
    assert made["HubContentArn"] == (
        f"arn:aws:sagemaker:us-east-1:{account}:hub-content/Hub/Model/bert/1.0.0"
    )
    assert sagemaker.describe_hub_content(**MODEL)["HubContentVersion"] == "1.10.0"
    assert sagemaker.describe_hub_content(**MODEL, HubContentVersion="1.9.0")[
        "HubContentVersion"
    ] == ("1.9.0")
    assert versions(sagemaker.list_hub_contents(**of_hub, SortBy="HubContentName")) == [
        ("gpt", "0.1.0"),
        ("bert", "1.10.0"),
    ]
    assert versions(sagemaker.list_hub_contents(**of_hub, NameContains="bert")) == [
        ("bert", "1.10.0")
    ]
    assert sorted(versions(sagemaker.list_hub_content_versions(**MODEL, MinVersion="1.9.0"))) == [
        ("bert", "1.10.0"),
        ("bert", "1.9.0"),
    ]


def test_a_version_is_changed_and_deleted_alone(sagemaker: Any) -> None:
    load(sagemaker, HubContentVersion="1.0.0")
    load(sagemaker, HubContentVersion="2.0.0")

    sagemaker.update_hub_content(
        **MODEL, HubContentVersion="1.0.0", SupportStatus="Deprecated", HubContentMarkdown="# Bert"
    )
    sagemaker.delete_hub_content(**MODEL, HubContentVersion="2.0.0")

    left = sagemaker.describe_hub_content(**MODEL)
    assert (left["HubContentVersion"], left["SupportStatus"], left["HubContentMarkdown"]) == (
        "1.0.0",
        "Deprecated",
        "# Bert",
    )
    assert left["HubContentDocument"] == "{}"


def test_a_hub_is_deleted_when_it_is_empty(sagemaker: Any) -> None:
    load(sagemaker)
    with pytest.raises(ClientError) as full:
        sagemaker.delete_hub(HubName="Hub")
    sagemaker.delete_hub_content(**MODEL, HubContentVersion="1.0.0")

    sagemaker.delete_hub(HubName="Hub")

    with pytest.raises(ClientError) as gone:
        sagemaker.describe_hub(HubName="Hub")
    assert refused(full) == ("ResourceInUse", "Hub Hub has contents: delete them first.")
    assert refused(gone) == ("ResourceNotFound", "Hub Hub does not exist.")


def test_what_is_wrong_with_a_content_is_said(sagemaker: Any) -> None:
    load(sagemaker)
    for more, code, word in (
        ({}, "ResourceInUse", "Hub content already exists"),
        ({"HubContentDocument": "{"}, "ValidationException", "is not JSON"),
        ({"HubName": "nobody"}, "ResourceNotFound", "Hub nobody does not exist."),
        ({"HubContentType": "ModelReference"}, "ValidationException", "HubContentReference"),
    ):
        with pytest.raises(ClientError) as caught:
            load(sagemaker, **more)

        assert refused(caught)[0] == code
        assert word in refused(caught)[1]


def test_contents_are_searched(sagemaker: Any) -> None:
    load(sagemaker)

    (found,) = sagemaker.search(
        Resource="HubContent",
        SearchExpression={"Filters": [{"Name": "HubContentType", "Value": "Model"}]},
    )["Results"]

    assert found["HubContent"]["HubContentName"] == "bert"
