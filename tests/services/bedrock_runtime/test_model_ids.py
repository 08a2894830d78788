"""What a `modelId` may be: profiles, throughput, routers."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop.aws.errors import ServiceError
from outcrop.services.bedrock_runtime.model_ids import ResolvedModel, resolve
from tests.services.bedrock_runtime.conversing import CAPITAL, GREEDY, said, user

HAIKU = "anthropic.claude-3-haiku-20240307-v1:0"
SONNET = "anthropic.claude-3-5-sonnet-20240620-v1:0"
ARN = "arn:aws:bedrock:us-east-1"
NO_CALL: Any = None
"""Ids without an ARN are looked up nowhere."""

pytestmark = pytest.mark.anyio


@pytest.fixture
def bedrock(client: Callable[..., Any]) -> Any:
    return client("bedrock")


def converse(runtime: Any, model_id: str) -> Any:
    return runtime.converse(modelId=model_id, messages=[user(CAPITAL)], inferenceConfig=GREEDY)


@pytest.mark.parametrize(
    "model_id",
    [
        "anthropic.claude-3-sonnet",
        f"us.{HAIKU}",
        "eu.anthropic.claude-sonnet-4-20250514-v1:0",
        "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "global.xai.grok-4.6",
        f"{ARN}::foundation-model/{HAIKU}",
        f"{ARN}:123456789012:inference-profile/us.{HAIKU}",
        "amazon.titan-text-express-v1:0:8k",
    ],
)
def test_ids_and_system_profiles_stand_for_their_model(runtime: Any, model_id: str) -> None:
    assert "Paris" in said(converse(runtime, model_id))


@pytest.mark.parametrize(
    "prefix", ["us", "us-gov", "eu", "apac", "jp", "au", "ca", "in", "sa", "global"]
)
async def test_a_geography_is_no_part_of_the_model_s_id(prefix: str) -> None:
    assert await resolve(NO_CALL, f"{prefix}.{HAIKU}") == ResolvedModel(HAIKU)


@pytest.mark.parametrize(
    ("sold", "model_id"),
    [
        (f"{HAIKU}:200k", HAIKU),
        ("anthropic.claude-v2:1:18k", "anthropic.claude-v2:1"),
        ("amazon.titan-embed-text-v1:2:8k", "amazon.titan-embed-text-v1:2"),
        ("amazon.nova-premier-v1:0:1000k", "amazon.nova-premier-v1:0"),
        ("cohere.embed-english-v3:0:512", "cohere.embed-english-v3:0"),
        ("us.cohere.embed-multilingual-v3:0:512", "cohere.embed-multilingual-v3:0"),
        ("mistral.mistral-7b-instruct-v0:2", "mistral.mistral-7b-instruct-v0:2"),
    ],
)
async def test_a_context_length_is_no_part_of_the_model_s_id(sold: str, model_id: str) -> None:
    assert await resolve(NO_CALL, sold) == ResolvedModel(model_id)


@pytest.mark.parametrize("model_id", ["mars.anthropic.claude-v2", "us.claude", "us.", ""])
async def test_what_names_no_model_is_invalid(model_id: str) -> None:
    with pytest.raises(ServiceError, match="The provided model identifier is invalid"):
        await resolve(NO_CALL, model_id)


def test_an_application_inference_profile_stands_for_its_model(runtime: Any, bedrock: Any) -> None:
    arn = bedrock.create_inference_profile(
        inferenceProfileName="team-blue",
        modelSource={"copyFrom": f"{ARN}::foundation-model/{HAIKU}"},
    )["inferenceProfileArn"]

    assert "Paris" in said(converse(runtime, arn))


def test_provisioned_throughput_stands_for_its_model(runtime: Any, bedrock: Any) -> None:
    arn = bedrock.create_provisioned_model_throughput(
        provisionedModelName="busy", modelId="amazon.titan-text-express-v1:0:8k", modelUnits=1
    )["provisionedModelArn"]

    assert "Paris" in said(converse(runtime, arn))


def test_a_prompt_router_chooses_a_model_and_tells_which(runtime: Any, bedrock: Any) -> None:
    sonnet = f"{ARN}::foundation-model/{SONNET}"
    arn = bedrock.create_prompt_router(
        promptRouterName="cheap",
        models=[{"modelArn": f"{ARN}::foundation-model/{HAIKU}"}, {"modelArn": sonnet}],
        routingCriteria={"responseQualityDifference": 10.0},
        fallbackModel={"modelArn": sonnet},
    )["promptRouterArn"]

    answer = converse(runtime, arn)
    events = list(
        runtime.converse_stream(modelId=arn, messages=[user(CAPITAL)], inferenceConfig=GREEDY)[
            "stream"
        ]
    )

    assert "Paris" in said(answer)
    assert answer["trace"] == {"promptRouter": {"invokedModelId": sonnet}}
    assert events[-1]["metadata"]["trace"] == {"promptRouter": {"invokedModelId": sonnet}}


def test_a_prompt_router_may_fall_back_to_an_application_inference_profile(
    runtime: Any, bedrock: Any
) -> None:
    profile = bedrock.create_inference_profile(
        inferenceProfileName="team-red",
        modelSource={"copyFrom": f"{ARN}::foundation-model/{HAIKU}"},
    )["inferenceProfileArn"]
    arn = bedrock.create_prompt_router(
        promptRouterName="counted",
        models=[{"modelArn": profile}, {"modelArn": f"{ARN}::foundation-model/{SONNET}"}],
        routingCriteria={"responseQualityDifference": 10.0},
        fallbackModel={"modelArn": profile},
    )["promptRouterArn"]

    answer = converse(runtime, arn)

    assert "Paris" in said(answer)
    assert answer["trace"] == {"promptRouter": {"invokedModelId": profile}}


@pytest.mark.parametrize(
    "resource",
    [
        "application-inference-profile/abcdefghijkl",
        "provisioned-model/abcdefghijkl",
        "prompt-router/abcdefghijkl",
    ],
)
def test_what_does_not_exist_is_not_found(runtime: Any, account: str, resource: str) -> None:
    with pytest.raises(ClientError) as caught:
        converse(runtime, f"{ARN}:{account}:{resource}")

    response: Any = caught.value.response
    assert response["Error"]["Code"] == "ResourceNotFoundException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404
