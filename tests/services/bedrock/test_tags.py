"""Tags on the resources that carry some."""

from typing import Any

import pytest

from tests.services.direct import error_of

MODEL = "arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-1-8b-instruct-v1:0"
LARGER = "arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-1-70b-instruct-v1:0"


def profile(bedrock: Any, tags: list[Any]) -> str:
    answer = bedrock.create_inference_profile(
        inferenceProfileName="app", modelSource={"copyFrom": MODEL}, tags=tags
    )
    return str(answer["inferenceProfileArn"])


def router(bedrock: Any, tags: list[Any]) -> str:
    answer = bedrock.create_prompt_router(
        promptRouterName="router",
        models=[{"modelArn": MODEL}],
        fallbackModel={"modelArn": LARGER},
        routingCriteria={"responseQualityDifference": 5},
        tags=tags,
    )
    return str(answer["promptRouterArn"])


def throughput(bedrock: Any, tags: list[Any]) -> str:
    answer = bedrock.create_provisioned_model_throughput(
        provisionedModelName="model",
        modelId="meta.llama3-1-8b-instruct-v1:0:128k",
        modelUnits=1,
        tags=tags,
    )
    return str(answer["provisionedModelArn"])


def guardrail(bedrock: Any, tags: list[Any]) -> str:
    answer = bedrock.create_guardrail(
        name="rail", blockedInputMessaging="no", blockedOutputsMessaging="no", tags=tags
    )
    return str(answer["guardrailArn"])


@pytest.mark.parametrize("create", [profile, router, throughput, guardrail])
def test_tags_are_given_changed_and_taken(bedrock: Any, create: Any) -> None:
    arn = create(bedrock, [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])

    bedrock.tag_resource(resourceARN=arn, tags=[{"key": "b", "value": "3"}])
    bedrock.untag_resource(resourceARN=arn, tagKeys=["a", "unknown"])

    assert bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == [{"key": "b", "value": "3"}]


def test_a_resource_carries_fifty_tags_at_most(bedrock: Any) -> None:
    tags = [{"key": f"k{number}", "value": ""} for number in range(51)]

    arn = profile(bedrock, tags[:50])

    with pytest.raises(bedrock.exceptions.TooManyTagsException) as caught:
        bedrock.tag_resource(resourceARN=arn, tags=tags[50:])
    assert caught.value.response["resourceName"] == arn
    assert len(bedrock.list_tags_for_resource(resourceARN=arn)["tags"]) == 50


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        (
            [{"key": "aws:mine", "value": ""}],
            "The tag key aws:mine is invalid: keys that begin with aws: are reserved.",
        ),
        (
            [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}],
            "The tag key a is given twice.",
        ),
    ],
)
def test_odd_keys_are_refused(bedrock: Any, tags: list[Any], message: str) -> None:
    arn = profile(bedrock, [])

    error = error_of(bedrock.tag_resource, resourceARN=arn, tags=tags)

    assert error == {"Code": "ValidationException", "Message": message}


@pytest.mark.parametrize("kind", ["guardrail/abc", "custom-model-deployment/abcdefghijkl"])
def test_what_is_not_there_has_no_tags(bedrock: Any, account: str, kind: str) -> None:
    arn = f"arn:aws:bedrock:us-east-1:{account}:{kind}"

    error = error_of(bedrock.list_tags_for_resource, resourceARN=arn)

    assert error["Code"] == "ResourceNotFoundException"
