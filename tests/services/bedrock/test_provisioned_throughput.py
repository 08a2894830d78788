"""Provisioned Throughput."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from outcrop.aws.errors import ServiceError
from tests.services.direct import Direct, error_of

MODEL = "anthropic.claude-3-sonnet-20240229-v1:0"


def model_arn(model: str) -> str:
    return f"arn:aws:bedrock:us-east-1::foundation-model/{model}"


def buy(bedrock: Any, name: str, model: str = f"{MODEL}:28k", **members: Any) -> str:
    answer = bedrock.create_provisioned_model_throughput(
        provisionedModelName=name, modelId=model, modelUnits=2, **members
    )
    return str(answer["provisionedModelArn"])


def names(answer: Any) -> list[str]:
    return [it["provisionedModelName"] for it in answer["provisionedModelSummaries"]]


@pytest.mark.parametrize("by", ["name", "id", "arn"])
def test_a_purchase_is_in_service_at_once(bedrock: Any, by: str) -> None:
    arn = buy(bedrock, "mine", commitmentDuration="OneMonth")
    identifier = {"name": "mine", "id": arn.rpartition("/")[2], "arn": arn}[by]

    found = bedrock.get_provisioned_model_throughput(provisionedModelId=identifier)

    del found["ResponseMetadata"]
    created = found["creationTime"]
    assert found == {
        "modelUnits": 2,
        "desiredModelUnits": 2,
        "provisionedModelName": "mine",
        "provisionedModelArn": arn,
        "modelArn": model_arn(f"{MODEL}:28k"),
        "desiredModelArn": model_arn(f"{MODEL}:28k"),
        "foundationModelArn": model_arn(MODEL),
        "status": "InService",
        "creationTime": created,
        "lastModifiedTime": created,
        "commitmentDuration": "OneMonth",
        "commitmentExpirationTime": created + timedelta(days=30),
    }


def test_a_purchase_takes_another_name_and_variant(bedrock: Any) -> None:
    arn = buy(bedrock, "mine")

    bedrock.update_provisioned_model_throughput(
        provisionedModelId="mine",
        desiredProvisionedModelName="ours",
        desiredModelId=f"{MODEL}:200k",
    )

    found = bedrock.get_provisioned_model_throughput(provisionedModelId="ours")
    assert found["provisionedModelArn"] == arn
    assert found["modelArn"] == model_arn(f"{MODEL}:200k")
    assert buy(bedrock, "mine") != arn


def test_a_purchase_keeps_to_its_model(bedrock: Any) -> None:
    buy(bedrock, "mine")

    assert error_of(
        bedrock.update_provisioned_model_throughput,
        provisionedModelId="mine",
        desiredModelId="cohere.command-text-v14:7:4k",
    ) == {
        "Code": "ValidationException",
        "Message": "The desired model must be the same base model, or a custom model made from it.",
    }


def test_a_name_is_taken_once(bedrock: Any) -> None:
    buy(bedrock, "mine")
    buy(bedrock, "ours")
    taken = {
        "Code": "ValidationException",
        "Message": "The provided provisioned model name mine is currently in use.",
    }

    again = error_of(
        bedrock.create_provisioned_model_throughput,
        provisionedModelName="mine",
        modelId=f"{MODEL}:28k",
        modelUnits=1,
    )
    renamed = error_of(
        bedrock.update_provisioned_model_throughput,
        provisionedModelId="ours",
        desiredProvisionedModelName="mine",
    )

    assert (again, renamed) == (taken, taken)


def test_throughput_is_sold_for_some_models_only(bedrock: Any) -> None:
    assert error_of(
        bedrock.create_provisioned_model_throughput,
        provisionedModelName="mine",
        modelId="openai.gpt-oss-20b-1:0",
        modelUnits=1,
    ) == {
        "Code": "ValidationException",
        "Message": ("The model openai.gpt-oss-20b-1:0 does not support Provisioned Throughput."),
    }


def test_purchases_are_filtered_sorted_and_paged(bedrock: Any) -> None:
    for name, model in (("a1", MODEL), ("b1", "cohere.command-text-v14"), ("a2", MODEL)):
        buy(bedrock, name, model)
    listed = bedrock.list_provisioned_model_throughputs
    middle = bedrock.get_provisioned_model_throughput(provisionedModelId="b1")["creationTime"]

    first = listed(maxResults=2)
    rest = listed(maxResults=2, nextToken=first["nextToken"])

    assert (names(first), names(rest)) == (["a2", "b1"], ["a1"])
    assert "nextToken" not in rest
    assert names(listed(sortBy="CreationTime", sortOrder="Ascending")) == ["a1", "b1", "a2"]
    assert names(listed(nameContains="a")) == ["a2", "a1"]
    assert names(listed(modelArnEquals=model_arn(MODEL))) == ["a2", "a1"]
    assert names(listed(statusEquals="Failed")) == []
    assert names(listed(statusEquals="InService", creationTimeAfter=middle)) == ["a2"]
    assert names(listed(creationTimeBefore=middle)) == ["a1"]


def test_a_deleted_purchase_is_gone(bedrock: Any) -> None:
    arn = buy(bedrock, "mine")

    bedrock.delete_provisioned_model_throughput(provisionedModelId="mine")

    assert error_of(bedrock.get_provisioned_model_throughput, provisionedModelId=arn) == {
        "Code": "ResourceNotFoundException",
        "Message": f"The provisioned model {arn} does not exist.",
    }


@pytest.mark.anyio
async def test_a_commitment_is_kept_to_its_end(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        await direct.ask(
            "bedrock",
            "CreateProvisionedModelThroughput",
            provisionedModelName="mine",
            modelId=MODEL,
            modelUnits=1,
            commitmentDuration="SixMonths",
        )
        delete = ("bedrock", "DeleteProvisionedModelThroughput")

        direct.later(days=179)
        with pytest.raises(ServiceError) as caught:
            await direct.ask(*delete, provisionedModelId="mine")
        direct.later(days=1)
        await direct.ask(*delete, provisionedModelId="mine")

        assert caught.value.code == "ConflictException"
        assert caught.value.message.endswith("complete, at 2027-05-21T12:00:00Z.")
