"""Adapters and their tags."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[..., Any]


def test_an_adapter_is_kept_changed_and_deleted(client: Client):
    textract = client("textract")
    given = {"AdapterName": "invoices", "FeatureTypes": ["QUERIES"], "Description": "ours"}

    adapter = textract.create_adapter(**given)["AdapterId"]
    textract.update_adapter(AdapterId=adapter, AutoUpdate="ENABLED", AdapterName="bills")
    found = textract.get_adapter(AdapterId=adapter)

    created = found.pop("CreationTime")
    del found["ResponseMetadata"]
    assert found == {
        "AdapterId": adapter,
        "AdapterName": "bills",
        "FeatureTypes": ["QUERIES"],
        "Description": "ours",
        "AutoUpdate": "ENABLED",
        "Tags": {},
    }
    listed = textract.list_adapters()["Adapters"]
    assert listed == [
        {
            "AdapterId": adapter,
            "AdapterName": "bills",
            "FeatureTypes": ["QUERIES"],
            "CreationTime": created,
        }
    ]
    assert textract.list_adapters(AfterCreationTime=created)["Adapters"] == []
    textract.delete_adapter(AdapterId=adapter)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        textract.get_adapter(AdapterId=adapter)


def test_a_token_makes_one_adapter(client: Client):
    textract = client("textract")
    made = {
        textract.create_adapter(
            AdapterName="a", FeatureTypes=["QUERIES"], ClientRequestToken="once"
        )["AdapterId"]
        for _ in range(2)
    }

    assert len(made) == 1
    with pytest.raises(ClientError, match="IdempotentParameterMismatchException"):
        textract.create_adapter(
            AdapterName="b", FeatureTypes=["QUERIES"], ClientRequestToken="once"
        )


def test_adapters_carry_tags(client: Client, account: str):
    textract = client("textract", region_name="eu-west-3")
    adapter = textract.create_adapter(
        AdapterName="a", FeatureTypes=["QUERIES"], Tags={"team": "blue", "cost": "7"}
    )["AdapterId"]
    arn = f"arn:aws:textract:eu-west-3:{account}:/adapters/{adapter}"

    textract.tag_resource(ResourceARN=arn, Tags={"team": "red"})
    textract.untag_resource(ResourceARN=arn, TagKeys=["cost"])

    assert textract.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"team": "red"}
    for ask in (
        lambda tags: textract.tag_resource(ResourceARN=arn, Tags=tags),
        lambda tags: textract.create_adapter(AdapterName="b", FeatureTypes=["QUERIES"], Tags=tags),
    ):
        with pytest.raises(ClientError, match="Tag keys must not start with aws:, as AWS:x does"):
            ask({"AWS:x": "1"})
