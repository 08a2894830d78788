"""What a `modelId` may be: profiles, throughput, routers."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.bedrock_runtime.conversing import CAPITAL, GREEDY, said, user

HAIKU = "anthropic.claude-3-haiku-20240307-v1:0"
SONNET = "anthropic.claude-3-5-sonnet-20240620-v1:0"
ARN = "arn:aws:bedrock:us-east-1"


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
        f"{ARN}::foundation-model/{HAIKU}",
        f"{ARN}:123456789012:inference-profile/us.{HAIKU}",
        "amazon.titan-text-express-v1:0:8k",
    ],
)
def test_ids_and_system_profiles_stand_for_their_model(runtime: Any, model_id: str) -> None:
    assert "Paris" in said(converse(runtime, model_id))


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
