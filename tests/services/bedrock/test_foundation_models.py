"""Foundation models, and agreements on them."""

from collections.abc import Callable
from typing import Any

import pytest

from outcrop.services.bedrock_runtime.model_families.registry import embedding_family, text_family
from tests.services.direct import error_of

SONNET = "anthropic.claude-3-sonnet-20240229-v1:0"
MIXTRAL = "mistral.mixtral-8x7b-instruct-v0:1"
FAMILIES = {
    "AI21 Labs",
    "Amazon",
    "Anthropic",
    "Cohere",
    "DeepSeek",
    "Meta",
    "Mistral AI",
    "OpenAI",
}


def ids(answer: Any) -> list[str]:
    return [model["modelId"] for model in answer["modelSummaries"]]


def test_every_family_is_listed(bedrock: Any) -> None:
    models = bedrock.list_foundation_models()["modelSummaries"]

    assert {model["providerName"] for model in models} >= FAMILIES
    assert len({model["modelId"] for model in models}) == len(models)


def test_every_listed_model_has_a_native_form_here(bedrock: Any) -> None:
    for model in bedrock.list_foundation_models()["modelSummaries"]:
        is_embedder = embedding_family(model["modelId"]) is not None
        assert is_embedder == (model["outputModalities"] == ["EMBEDDING"]), model["modelId"]
        if not is_embedder:
            assert text_family(model["modelId"], {"prompt": "Hi"})


@pytest.mark.parametrize(
    "identifier", [MIXTRAL, "arn:aws:bedrock:us-east-1::foundation-model/" + MIXTRAL]
)
def test_a_model_is_found_by_id_and_by_arn(bedrock: Any, identifier: str) -> None:
    model = bedrock.get_foundation_model(modelIdentifier=identifier)["modelDetails"]

    assert model == {
        "modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{MIXTRAL}",
        "modelId": MIXTRAL,
        "modelName": "Mixtral 8x7B Instruct",
        "providerName": "Mistral AI",
        "inputModalities": ["TEXT"],
        "outputModalities": ["TEXT"],
        "responseStreamingSupported": True,
        "customizationsSupported": [],
        "inferenceTypesSupported": ["ON_DEMAND"],
        "modelLifecycle": {"status": "ACTIVE"},
    }


@pytest.mark.parametrize(
    "identifier",
    ["acme.model-v1", f"arn:aws:bedrock:eu-west-1::foundation-model/{MIXTRAL}"],
)
def test_an_unknown_model_is_an_invalid_identifier(bedrock: Any, identifier: str) -> None:
    assert error_of(bedrock.get_foundation_model, modelIdentifier=identifier) == {
        "Code": "ValidationException",
        "Message": "The provided model identifier is invalid.",
    }


def test_models_are_filtered(bedrock: Any) -> None:
    def listed(**filters: str) -> list[str]:
        return ids(bedrock.list_foundation_models(**filters))

    assert listed(byProvider="deepseek") == [
        "deepseek.r1-v1:0",
        "deepseek.v3-v1:0",
        "deepseek.v3.2",
    ]
    assert listed(
        byProvider="Cohere", byOutputModality="EMBEDDING", byInferenceType="ON_DEMAND"
    ) == [
        "cohere.embed-english-v3",
        "cohere.embed-multilingual-v3",
        "cohere.embed-v4:0",
    ]
    assert listed(byProvider="Meta", byInferenceType="PROVISIONED")[:2] == [
        "meta.llama2-13b-chat-v1:0:4k",
        "meta.llama2-70b-chat-v1:0:4k",
    ]
    assert listed(byCustomizationType="FINE_TUNING") == []
    assert listed(byOutputModality="IMAGE") == []


def test_a_model_is_available_once_its_offer_is_agreed_to(bedrock: Any) -> None:
    def agreement() -> str:
        answer = bedrock.get_foundation_model_availability(modelId=SONNET)
        assert answer["authorizationStatus"] == "AUTHORIZED"
        assert answer["entitlementAvailability"] == "AVAILABLE"
        assert answer["regionAvailability"] == "AVAILABLE"
        return str(answer["agreementAvailability"]["status"])

    before = agreement()
    [offer] = bedrock.list_foundation_model_agreement_offers(modelId=SONNET)["offers"]
    bedrock.create_foundation_model_agreement(modelId=SONNET, offerToken=offer["offerToken"])
    agreed = agreement()
    twice = error_of(
        bedrock.create_foundation_model_agreement, modelId=SONNET, offerToken=offer["offerToken"]
    )
    bedrock.delete_foundation_model_agreement(modelId=SONNET)

    assert (before, agreed, agreement()) == ("NOT_AVAILABLE", "AVAILABLE", "NOT_AVAILABLE")
    assert offer["termDetails"]["usageBasedPricingTerm"] == {"rateCard": []}
    assert twice["Code"] == "ConflictException"
    assert error_of(bedrock.delete_foundation_model_agreement, modelId=SONNET) == {
        "Code": "ResourceNotFoundException",
        "Message": f"There is no agreement for the model {SONNET}.",
    }


def test_a_model_of_amazon_needs_no_agreement(bedrock: Any) -> None:
    model = "amazon.nova-lite-v1:0"

    offers = bedrock.list_foundation_model_agreement_offers(modelId=model)["offers"]
    answer = bedrock.get_foundation_model_availability(modelId=model)

    assert offers == []
    assert answer["agreementAvailability"] == {"status": "AVAILABLE"}
    assert error_of(bedrock.create_foundation_model_agreement, modelId=model, offerToken="any") == {
        "Code": "ValidationException",
        "Message": "The offer token is not one of this model's offers.",
    }


def test_the_use_case_form_is_kept(bedrock: Any, client: Callable[..., Any]) -> None:
    missing = error_of(bedrock.get_use_case_for_model_access)
    bedrock.put_use_case_for_model_access(formData=b'{"company": "us"}')

    assert missing["Code"] == "ResourceNotFoundException"
    assert bedrock.get_use_case_for_model_access()["formData"] == b'{"company": "us"}'
