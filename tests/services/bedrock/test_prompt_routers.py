"""Prompt routers, AWS's and an account's own."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.direct import error_of

SMALL = "arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-1-8b-instruct-v1:0"
LARGE = "arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-1-70b-instruct-v1:0"
NOVA = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"


def create(bedrock: Any, name: str = "router", **members: Any) -> str:
    given: Any = {
        "models": [{"modelArn": SMALL}, {"modelArn": LARGE}],
        "fallbackModel": {"modelArn": LARGE},
        "routingCriteria": {"responseQualityDifference": 10.0},
        **members,
    }
    return str(bedrock.create_prompt_router(promptRouterName=name, **given)["promptRouterArn"])


def arns(answer: Any) -> list[str]:
    return [router["promptRouterArn"] for router in answer["promptRouterSummaries"]]


def test_a_router_is_told_as_it_was_made(bedrock: Any, account: str) -> None:
    arn = create(bedrock, description="Ours")

    found = bedrock.get_prompt_router(promptRouterArn=arn)

    assert arn.startswith(f"arn:aws:bedrock:us-east-1:{account}:prompt-router/")
    del found["ResponseMetadata"]
    assert found.pop("createdAt") == found.pop("updatedAt")
    assert found == {
        "promptRouterName": "router",
        "routingCriteria": {"responseQualityDifference": 10.0},
        "description": "Ours",
        "promptRouterArn": arn,
        "models": [{"modelArn": SMALL}, {"modelArn": LARGE}],
        "fallbackModel": {"modelArn": LARGE},
        "status": "AVAILABLE",
        "type": "custom",
    }


def test_every_account_has_the_default_routers(bedrock: Any, account: str) -> None:
    prefix = f"arn:aws:bedrock:us-east-1:{account}"

    listed = bedrock.list_prompt_routers(type="default")

    assert arns(listed) == [
        f"{prefix}:default-prompt-router/amazon.nova:1",
        f"{prefix}:default-prompt-router/anthropic.claude:1",
        f"{prefix}:default-prompt-router/meta.llama:1",
    ]
    found = bedrock.get_prompt_router(promptRouterArn=arns(listed)[2])
    del found["ResponseMetadata"]
    profile = f"{prefix}:inference-profile/us.meta.llama3-1"
    assert found == {
        "promptRouterName": "Meta Prompt Router",
        "routingCriteria": {"responseQualityDifference": 0.0},
        "description": "Routes requests among models in the LLaMA family",
        "promptRouterArn": f"{prefix}:default-prompt-router/meta.llama:1",
        "models": [
            {"modelArn": f"{profile}-70b-instruct-v1:0"},
            {"modelArn": f"{profile}-8b-instruct-v1:0"},
        ],
        "fallbackModel": {"modelArn": f"{profile}-70b-instruct-v1:0"},
        "status": "AVAILABLE",
        "type": "default",
    }


def test_a_region_without_the_models_has_no_default_router(client: Callable[..., Any]) -> None:
    bedrock = client("bedrock", region_name="eu-west-1")

    names = {
        it["promptRouterName"] for it in bedrock.list_prompt_routers()["promptRouterSummaries"]
    }

    assert names == {"Nova Prompt Router", "Anthropic Prompt Router"}


def test_routers_are_listed_by_type_and_page(bedrock: Any) -> None:
    made = sorted(create(bedrock, name) for name in ("a", "b", "c"))

    first = bedrock.list_prompt_routers(type="custom", maxResults=2)
    rest = bedrock.list_prompt_routers(type="custom", maxResults=2, nextToken=first["nextToken"])

    assert arns(first) + arns(rest) == made
    assert len(arns(bedrock.list_prompt_routers())) == 6


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"models": [{"modelArn": LARGE}]},
            "A prompt router chooses between two models, of which the fallback model is one.",
        ),
        (
            {"models": [{"modelArn": NOVA}]},
            "The models of a prompt router must be of one family.",
        ),
        (
            {"models": [{"modelArn": f"{SMALL}x"}]},
            "The provided model identifier is invalid.",
        ),
    ],
)
def test_a_router_is_between_two_models_of_a_family(
    bedrock: Any, members: Any, message: str
) -> None:
    with pytest.raises(bedrock.exceptions.ValidationException) as caught:
        create(bedrock, **members)

    assert caught.value.response["Error"]["Message"] == message


def test_a_router_is_between_profiles_too(bedrock: Any, account: str) -> None:
    own = bedrock.create_inference_profile(
        inferenceProfileName="app", modelSource={"copyFrom": SMALL}
    )["inferenceProfileArn"]
    system = (
        f"arn:aws:bedrock:us-east-1:{account}:inference-profile/us.meta.llama3-3-70b-instruct-v1:0"
    )

    arn = create(bedrock, models=[{"modelArn": own}], fallbackModel={"modelArn": system})

    assert bedrock.get_prompt_router(promptRouterArn=arn)["fallbackModel"] == {"modelArn": system}


def test_a_router_is_deleted_once(bedrock: Any) -> None:
    arn = create(bedrock)
    with pytest.raises(bedrock.exceptions.ConflictException):
        create(bedrock)

    bedrock.delete_prompt_router(promptRouterArn=arn)

    assert error_of(bedrock.delete_prompt_router, promptRouterArn=arn) == {
        "Code": "ResourceNotFoundException",
        "Message": f"The prompt router {arn} does not exist.",
    }


def test_a_default_router_cannot_be_deleted(bedrock: Any, account: str) -> None:
    prefix = f"arn:aws:bedrock:us-east-1:{account}:default-prompt-router"

    error = error_of(bedrock.delete_prompt_router, promptRouterArn=f"{prefix}/meta.llama:1")
    unknown = error_of(bedrock.get_prompt_router, promptRouterArn=f"{prefix}/acme.x:1")

    assert error == {
        "Code": "ValidationException",
        "Message": "Default prompt routers cannot be deleted.",
    }
    assert unknown["Code"] == "ResourceNotFoundException"
