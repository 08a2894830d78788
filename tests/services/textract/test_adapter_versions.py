"""Versions of adapters: kept, checked, and told not to be trained."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[..., Any]
RECORD = json.dumps({"source-ref": "s3://documents/a.png"})
UNTRAINED = (
    "Adapters are not trained on this server: no model here learns from annotated documents. The"
    " dataset's manifest was read and is well-formed."
)


@pytest.fixture
def adapter(client: Client) -> str:
    return client("textract").create_adapter(AdapterName="a", FeatureTypes=["QUERIES"])["AdapterId"]


def given(bucket: str, name: str = "manifest.jsonl") -> dict[str, Any]:
    return {
        "DatasetConfig": {"ManifestS3Object": {"Bucket": bucket, "Name": name}},
        "OutputConfig": {"S3Bucket": bucket, "S3Prefix": "out"},
    }


def test_a_version_is_kept_and_says_that_nothing_trained_it(
    client: Client, account: str, bucket: str, adapter: str
):
    textract = client("textract", region_name="us-east-1")
    client("s3").put_object(Bucket=bucket, Key="manifest.jsonl", Body=f"{RECORD}\n{RECORD}\n")

    made = textract.create_adapter_version(
        AdapterId=adapter, Tags={"team": "blue"}, ClientRequestToken="once", **given(bucket)
    )
    again = textract.create_adapter_version(
        AdapterId=adapter, Tags={"team": "blue"}, ClientRequestToken="once", **given(bucket)
    )

    del made["ResponseMetadata"], again["ResponseMetadata"]
    assert made == again == {"AdapterId": adapter, "AdapterVersion": "1"}
    found = textract.get_adapter_version(**made)
    overview = {
        **made,
        "CreationTime": found["CreationTime"],
        "FeatureTypes": ["QUERIES"],
        "Status": "CREATION_ERROR",
        "StatusMessage": UNTRAINED,
    }
    del found["ResponseMetadata"]
    assert found == {**overview, **given(bucket), "Tags": {"team": "blue"}}
    assert textract.list_adapter_versions(AdapterId=adapter)["AdapterVersions"] == [overview]
    arn = f"arn:aws:textract:us-east-1:{account}:/adapters/{adapter}/versions/1"
    textract.tag_resource(ResourceARN=arn, Tags={"cost": "7"})
    textract.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert textract.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"cost": "7"}


def test_tags_of_aws_are_refused(client: Client, bucket: str, adapter: str):
    with pytest.raises(ClientError, match="InvalidParameterException"):
        client("textract").create_adapter_version(
            AdapterId=adapter, Tags={"AWS:team": "blue"}, **given(bucket)
        )


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (None, "No manifest file found. Ensure manifest file is provided."),
        ("\n \n", "Contents of manifest file are empty."),
        (
            f"{RECORD}\n{{}}\n",
            "Manifest file contains invalid records."
            " Line 2 is no JSON object whose source-ref begins with s3://.",
        ),
    ],
    ids=["none", "empty", "no source"],
)
def test_what_is_wrong_with_a_manifest_is_told(
    client: Client, bucket: str, adapter: str, manifest: str | None, message: str
):
    textract = client("textract")
    if manifest is not None:
        client("s3").put_object(Bucket=bucket, Key="manifest.jsonl", Body=manifest)

    version = textract.create_adapter_version(AdapterId=adapter, **given(bucket))["AdapterVersion"]

    found = textract.get_adapter_version(AdapterId=adapter, AdapterVersion=version)
    assert (found["Status"], found["StatusMessage"]) == ("CREATION_ERROR", message)


def test_numbers_of_versions_are_not_given_again(client: Client, bucket: str, adapter: str):
    textract = client("textract")
    for _ in range(2):
        textract.create_adapter_version(AdapterId=adapter, **given(bucket))
    textract.delete_adapter_version(AdapterId=adapter, AdapterVersion="2")

    third = textract.create_adapter_version(AdapterId=adapter, **given(bucket))

    assert third["AdapterVersion"] == "3"
    first = textract.list_adapter_versions(MaxResults=1)
    rest = textract.list_adapter_versions(NextToken=first["NextToken"])
    listed = first["AdapterVersions"] + rest["AdapterVersions"]
    assert [each["AdapterVersion"] for each in listed] == ["1", "3"]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        textract.get_adapter_version(AdapterId=adapter, AdapterVersion="01")
    textract.delete_adapter(AdapterId=adapter)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        textract.get_adapter_version(AdapterId=adapter, AdapterVersion="1")
    assert textract.list_adapter_versions()["AdapterVersions"] == []


def test_versions_need_an_adapter_and_a_bucket_for_their_output(
    client: Client, bucket: str, adapter: str
):
    textract = client("textract")

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        textract.create_adapter_version(AdapterId="0" * 12, **given(bucket))
    with pytest.raises(ClientError, match="InvalidS3ObjectException"):
        textract.create_adapter_version(AdapterId=adapter, **given(f"no-{bucket}"))


def test_documents_are_not_analysed_by_versions_that_are_not_active(client: Client, adapter: str):
    adapters = {"Adapters": [{"AdapterId": adapter, "Version": "1"}]}

    with pytest.raises(ClientError, match=f"not ACTIVE, .*: {adapter}, version 1") as caught:
        client("textract").analyze_document(
            Document={"Bytes": b"%PDF-"},
            FeatureTypes=["QUERIES"],
            QueriesConfig={"Queries": [{"Text": "Who?"}]},
            AdaptersConfig=adapters,
        )

    assert caught.value.response["Error"]["Code"] == "InvalidParameterException"
