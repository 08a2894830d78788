"""Inference profiles across regions, and those of an account."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.direct import error_of

HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0"


def model_arn(region: str, model: str = HAIKU) -> str:
    return f"arn:aws:bedrock:{region}::foundation-model/{model}"


def create(bedrock: Any, name: str, source: str, **members: Any) -> str:
    answer = bedrock.create_inference_profile(
        inferenceProfileName=name, modelSource={"copyFrom": source}, **members
    )
    assert answer["status"] == "ACTIVE"
    return str(answer["inferenceProfileArn"])


def test_a_cross_region_profile_names_its_regions(bedrock: Any, account: str) -> None:
    found = bedrock.get_inference_profile(inferenceProfileIdentifier=f"us.{HAIKU}")

    del found["ResponseMetadata"]
    assert found == {
        "inferenceProfileName": "US Anthropic Claude Haiku 4.5",
        "description": (
            "Routes requests to Anthropic Claude Haiku 4.5 in us-east-1, us-east-2 and us-west-2."
        ),
        "inferenceProfileArn": f"arn:aws:bedrock:us-east-1:{account}:inference-profile/us.{HAIKU}",
        "models": [{"modelArn": model_arn(it)} for it in ("us-east-1", "us-east-2", "us-west-2")],
        "inferenceProfileId": f"us.{HAIKU}",
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }


def test_a_global_profile_goes_anywhere(bedrock: Any) -> None:
    found = bedrock.get_inference_profile(inferenceProfileIdentifier=f"global.{HAIKU}")

    assert found["models"] == [{"modelArn": model_arn("")}, {"modelArn": model_arn("us-east-1")}]
    assert found["description"] == (
        "Routes requests to Anthropic Claude Haiku 4.5 globally across all supported AWS Regions."
    )


def test_a_region_has_the_profiles_of_its_geography(client: Callable[..., Any]) -> None:
    bedrock = client("bedrock", region_name="eu-west-3")

    listed = bedrock.list_inference_profiles()["inferenceProfileSummaries"]

    prefixes = {profile["inferenceProfileId"].partition(".")[0] for profile in listed}
    assert prefixes == {"eu", "global"}
    assert error_of(bedrock.get_inference_profile, inferenceProfileIdentifier=f"us.{HAIKU}") == {
        "Code": "ResourceNotFoundException",
        "Message": f"The inference profile us.{HAIKU} does not exist.",
    }


def test_an_application_profile_of_a_model_is_found_by_id_and_arn(bedrock: Any) -> None:
    arn = create(bedrock, "My app", model_arn("us-east-1"), description="Ours")

    found = bedrock.get_inference_profile(inferenceProfileIdentifier=arn)
    same = bedrock.get_inference_profile(inferenceProfileIdentifier=arn.rpartition("/")[2])

    del found["ResponseMetadata"], same["ResponseMetadata"]
    assert found == same
    assert found.pop("createdAt") == found.pop("updatedAt")
    assert found == {
        "inferenceProfileName": "My app",
        "description": "Ours",
        "inferenceProfileArn": arn,
        "models": [{"modelArn": model_arn("us-east-1")}],
        "inferenceProfileId": arn.rpartition("/")[2],
        "status": "ACTIVE",
        "type": "APPLICATION",
    }


def test_an_application_profile_copies_the_regions_of_another(bedrock: Any, account: str) -> None:
    source = f"arn:aws:bedrock:us-east-1:{account}:inference-profile/us.{HAIKU}"

    arn = create(bedrock, "Everywhere", source)

    models = bedrock.get_inference_profile(inferenceProfileIdentifier=arn)["models"]
    assert models == [{"modelArn": model_arn(it)} for it in ("us-east-1", "us-east-2", "us-west-2")]


def test_profiles_are_listed_by_type_and_page(bedrock: Any) -> None:
    made = {create(bedrock, f"App {number}", model_arn("us-east-1")) for number in range(3)}

    paginator = bedrock.get_paginator("list_inference_profiles")
    pages = list(paginator.paginate(typeEquals="APPLICATION", PaginationConfig={"PageSize": 2}))
    listed = [it for page in pages for it in page["inferenceProfileSummaries"]]

    assert [len(page["inferenceProfileSummaries"]) for page in pages] == [2, 1]
    assert {profile["inferenceProfileArn"] for profile in listed} == made
    system = bedrock.list_inference_profiles()["inferenceProfileSummaries"]
    assert {profile["type"] for profile in system} == {"SYSTEM_DEFINED"}
    assert error_of(bedrock.list_inference_profiles, nextToken="nonsense") == {
        "Code": "ValidationException",
        "Message": "The provided nextToken is invalid.",
    }


def test_the_same_request_makes_one_profile(bedrock: Any) -> None:
    first = create(bedrock, "App", model_arn("us-east-1"), clientRequestToken="once")
    second = create(bedrock, "App", model_arn("us-east-1"), clientRequestToken="once")

    assert first == second
    with pytest.raises(bedrock.exceptions.ConflictException):
        create(bedrock, "App", model_arn("us-east-1"))


def test_a_deleted_profile_frees_its_name(bedrock: Any) -> None:
    arn = create(bedrock, "App", model_arn("us-east-1"))

    bedrock.delete_inference_profile(inferenceProfileIdentifier=arn)

    assert error_of(bedrock.delete_inference_profile, inferenceProfileIdentifier=arn) == {
        "Code": "ResourceNotFoundException",
        "Message": f"The inference profile {arn} does not exist.",
    }
    assert create(bedrock, "App", model_arn("us-east-1")) != arn


def test_a_profile_of_aws_cannot_be_deleted(bedrock: Any) -> None:
    assert error_of(bedrock.delete_inference_profile, inferenceProfileIdentifier=f"us.{HAIKU}") == {
        "Code": "ValidationException",
        "Message": "System-defined inference profiles cannot be deleted.",
    }


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (model_arn("us-east-1", "acme.model-v1"), "ValidationException"),
        (
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.acme.model-v1",
            "ResourceNotFoundException",
        ),
    ],
)
def test_a_source_must_exist(bedrock: Any, source: str, code: str) -> None:
    error = error_of(
        bedrock.create_inference_profile,
        inferenceProfileName="App",
        modelSource={"copyFrom": source},
    )

    assert error["Code"] == code
