"""Agreements on models that AWS sells through its Marketplace, and the form about their use.

Here models cost nothing, and none waits for an agreement: an offer's rate card is empty. Agreements
are kept because programs make them before they invoke.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html
"""

import hashlib

from outcrop.operations import Call, operation
from outcrop.services.bedrock import shapes
from outcrop.services.bedrock.catalogue import FoundationModel, find_model
from outcrop.services.bedrock.resources import scope
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Put,
    RecordExistsError,
    RecordNotFoundError,
)

AGREEMENT = "agreement"
USE_CASE = "use-case"
NOT_IN_MARKETPLACE = frozenset(("Amazon", "DeepSeek", "Meta", "Mistral AI", "OpenAI", "Qwen"))


@operation("ListFoundationModelAgreementOffers")
async def list_foundation_model_agreement_offers(
    call: Call, request: shapes.ListFoundationModelAgreementOffersRequest
) -> shapes.ListFoundationModelAgreementOffersResponse:
    """Answer with the one offer of a Marketplace model; others need none."""
    model = _find(request["modelId"])
    offers: list[shapes.Offer] = []
    if needs_agreement(model):
        offers.append(
            {
                "offerId": f"offer-{_token(call, model)[:12]}",
                "offerToken": _token(call, model),
                "termDetails": {
                    "usageBasedPricingTerm": {"rateCard": []},
                    "legalTerm": {},
                    "supportTerm": {},
                },
            }
        )
    return {"modelId": request["modelId"], "offers": offers}


@operation("CreateFoundationModelAgreement")
async def create_foundation_model_agreement(
    call: Call, request: shapes.CreateFoundationModelAgreementRequest
) -> shapes.CreateFoundationModelAgreementResponse:
    """Agree to an offer."""
    model = _find(request["modelId"])
    if not needs_agreement(model) or request["offerToken"] != _token(call, model):
        raise shapes.ValidationException("The offer token is not one of this model's offers.")
    agreement = Create(scope=scope(call, AGREEMENT), name=model.base or model.id, document={})
    try:
        await call.backends.records.write(agreement)
    except RecordExistsError as error:
        raise shapes.ConflictException(
            f"An agreement for the model {model.id} exists already."
        ) from error
    return {"modelId": request["modelId"]}


@operation("DeleteFoundationModelAgreement")
async def delete_foundation_model_agreement(
    call: Call, request: shapes.DeleteFoundationModelAgreementRequest
) -> shapes.DeleteFoundationModelAgreementResponse:
    """End an agreement."""
    model = _find(request["modelId"])
    try:
        await call.backends.records.write(
            Delete(scope=scope(call, AGREEMENT), name=model.base or model.id)
        )
    except RecordNotFoundError as error:
        raise shapes.ResourceNotFoundException(
            f"There is no agreement for the model {model.id}."
        ) from error
    return {}


@operation("PutUseCaseForModelAccess")
async def put_use_case_for_model_access(
    call: Call, request: shapes.PutUseCaseForModelAccessRequest
) -> shapes.PutUseCaseForModelAccessResponse:
    """Keep the form about what the account uses models for."""
    await call.backends.records.write(
        Put(scope=scope(call, USE_CASE), name=USE_CASE, document={"form": request["formData"]})
    )
    return {}


@operation("GetUseCaseForModelAccess")
async def get_use_case_for_model_access(
    call: Call, request: shapes.GetUseCaseForModelAccessRequest
) -> shapes.GetUseCaseForModelAccessResponse:
    """Answer with that form."""
    del request
    record = await call.backends.records.find(scope(call, USE_CASE), USE_CASE)
    if record is None:
        raise shapes.ResourceNotFoundException("The account has sent no use case form.")
    return {"formData": record.document["form"]}


def needs_agreement(model: FoundationModel) -> bool:
    """Tell whether AWS sells a model through its Marketplace, under an agreement."""
    return model.provider not in NOT_IN_MARKETPLACE


async def has_agreement(call: Call, model: FoundationModel) -> bool:
    """Tell whether the account has agreed to a model's terms."""
    name = model.base or model.id
    return await call.backends.records.find(scope(call, AGREEMENT), name) is not None


def _find(model_id: str) -> FoundationModel:
    model = find_model(model_id)
    if model is None:
        raise shapes.ResourceNotFoundException(f"The model {model_id} does not exist.")
    return model


def _token(call: Call, model: FoundationModel) -> str:
    """Return the offer's token, which is this account's own."""
    return hashlib.sha256(f"{call.account}\0{model.base or model.id}".encode()).hexdigest()
