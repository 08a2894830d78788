"""Private hubs and their contents through boto3."""

import json
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


PUBLIC = "SageMakerPublicHub"
PUBLIC_ARN = f"arn:aws:sagemaker:us-east-1:aws:hub/{PUBLIC}"
QWEN = "huggingface-llm-qwen2-5-coder-0-5b-instruct"
QWEN_ARN = f"arn:aws:sagemaker:us-east-1:aws:hub-content/{PUBLIC}/Model/{QWEN}"


@pytest.mark.parametrize("hub", [PUBLIC, PUBLIC_ARN])
def test_the_public_hub_tells_its_models(client: Clients, hub: str) -> None:
    sagemaker = client("sagemaker")
    of_hub = {"HubName": hub, "HubContentType": "Model"}

    described = sagemaker.describe_hub(HubName=hub)
    listed = sagemaker.list_hub_contents(**of_hub, NameContains="qwen2-5-coder", MaxResults=2)
    model = sagemaker.describe_hub_content(**of_hub, HubContentName=QWEN)

    assert (described["HubArn"], described["HubStatus"]) == (PUBLIC_ARN, "InService")
    assert [one["HubContentVersion"] for one in listed["HubContentSummaries"]] == ["1.0.0"] * 2
    assert listed["NextToken"]
    assert model["HubContentArn"] == f"{QWEN_ARN}/1.0.0"
    assert model["HubContentSearchKeywords"][0] == "@task:text-generation"
    document = json.loads(model["HubContentDocument"])
    assert document["HostingEcrUri"].split("/")[1].startswith("huggingface-pytorch-tgi-inference:")
    assert document["HostingArtifactUri"].startswith("s3://jumpstart-cache-prod-us-east-1/")


def test_nobody_changes_the_public_hub(client: Clients) -> None:
    sagemaker = client("sagemaker")
    content = {"HubName": PUBLIC, "HubContentType": "Model", "HubContentName": QWEN}

    for refuse in (
        lambda: sagemaker.create_hub(HubName=PUBLIC, HubDescription="mine"),
        lambda: sagemaker.update_hub(HubName=PUBLIC, HubDescription="mine"),
        lambda: sagemaker.delete_hub(HubName=PUBLIC_ARN),
        lambda: load(sagemaker, HubName=PUBLIC),
        lambda: sagemaker.delete_hub_content(**content, HubContentVersion="1.0.0"),
    ):
        with pytest.raises(ClientError) as caught:
            refuse()
        assert refused(caught)[0] == "AccessDeniedException"


def test_a_reference_stands_for_a_public_model(sagemaker: Any, account: str) -> None:
    own = {"HubName": "Hub", "HubContentType": "ModelReference", "HubContentName": "coder"}
    made = sagemaker.create_hub_content_reference(
        HubName="Hub", SageMakerPublicHubContentArn=QWEN_ARN, HubContentName="coder"
    )
    sagemaker.update_hub_content_reference(**own, MinVersion="1.0.0")

    told = sagemaker.describe_hub_content(**own)
    listed = sagemaker.list_hub_contents(HubName="Hub", HubContentType="ModelReference")
    (found,) = sagemaker.search(Resource="HubContent")["Results"]
    public = sagemaker.describe_hub_content(
        HubName=PUBLIC, HubContentType="Model", HubContentName=QWEN
    )

    arn = f"arn:aws:sagemaker:us-east-1:{account}:hub-content/Hub/ModelReference/coder/1.0.0"
    assert made["HubContentArn"] == told["HubContentArn"] == arn
    assert found["HubContent"]["HubContentArn"] == arn
    assert told["HubContentDocument"] == public["HubContentDocument"]
    assert (told["SageMakerPublicHubContentArn"], told["ReferenceMinVersion"]) == (
        QWEN_ARN,
        "1.0.0",
    )
    assert versions(listed) == [("coder", "1.0.0")]
    sagemaker.delete_hub_content_reference(**own)
    sagemaker.delete_hub(HubName="Hub")


def test_what_is_wrong_with_a_reference_is_said(sagemaker: Any) -> None:
    def refer(**more: Any) -> Any:
        given = {"HubName": "Hub", "SageMakerPublicHubContentArn": QWEN_ARN, **more}
        return sagemaker.create_hub_content_reference(**given)

    refer()
    for more, code, word in (
        ({}, "ResourceInUse", "Hub content already exists"),
        ({"SageMakerPublicHubContentArn": f"{QWEN_ARN}x"}, "ResourceNotFound", f"{QWEN}x"),
        ({"MinVersion": "2.0.0"}, "ValidationException", "no version of at least 2.0.0"),
        ({"HubName": "nobody"}, "ResourceNotFound", "Hub nobody does not exist."),
    ):
        with pytest.raises(ClientError) as caught:
            refer(**more)

        assert refused(caught)[0] == code
        assert word in refused(caught)[1]
    with pytest.raises(ClientError) as of_a_model:
        sagemaker.delete_hub_content_reference(**MODEL)
    assert refused(of_a_model) == (
        "ValidationException",
        "HubContentType must be ModelReference for a reference.",
    )
