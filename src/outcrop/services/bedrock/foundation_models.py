"""Foundation models: list, get, and whether one may be used.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_FoundationModelDetails.html
"""

from outcrop.aws.arn import Arn
from outcrop.operations import Call, operation
from outcrop.services.bedrock import shapes
from outcrop.services.bedrock.catalogue import FoundationModel, find_model, models
from outcrop.services.bedrock.model_access import has_agreement, needs_agreement

INVALID_MODEL = "The provided model identifier is invalid."


@operation("ListFoundationModels")
async def list_foundation_models(
    call: Call, request: shapes.ListFoundationModelsRequest
) -> shapes.ListFoundationModelsResponse:
    """Answer with the models that pass all filters."""
    provider = request.get("byProvider")
    customization = request.get("byCustomizationType")
    modality = request.get("byOutputModality")
    inference = request.get("byInferenceType")
    chosen = [
        model
        for model in models().values()
        if (provider is None or model.provider.lower() == provider.lower())
        and (modality is None or modality in model.output)
        and (inference is None or inference in model.inference)
        and customization is None  # Nothing here customizes models, so none supports it.
    ]
    return {"modelSummaries": [_told(call, model) for model in chosen]}


@operation("GetFoundationModel")
async def get_foundation_model(
    call: Call, request: shapes.GetFoundationModelRequest
) -> shapes.GetFoundationModelResponse:
    """Answer with one model, by id or ARN."""
    return {"modelDetails": _told(call, model_of(call, request["modelIdentifier"]))}


@operation("GetFoundationModelAvailability")
async def get_foundation_model_availability(
    call: Call, request: shapes.GetFoundationModelAvailabilityRequest
) -> shapes.GetFoundationModelAvailabilityResponse:
    """Answer whether an agreement stands; every model may be used without."""
    model = model_of(call, request["modelId"])
    agreed = not needs_agreement(model) or await has_agreement(call, model)
    return {
        "modelId": request["modelId"],
        "agreementAvailability": {"status": "AVAILABLE" if agreed else "NOT_AVAILABLE"},
        "authorizationStatus": "AUTHORIZED",
        "entitlementAvailability": "AVAILABLE",
        "regionAvailability": "AVAILABLE",
    }


def model_of(call: Call, identifier: str) -> FoundationModel:
    """Return the model that an id, or an ARN of the caller's region, names.

    Raises:
        ServiceError: There is none.
    """
    model = find_model(identifier)
    elsewhere = identifier.startswith("arn:") and Arn.parse(identifier).region != call.region
    if model is None or elsewhere:
        raise shapes.ValidationException(INVALID_MODEL)
    return model


def model_arn(region: str, model: FoundationModel) -> str:
    """Return a model's ARN in a region; models belong to no account."""
    return str(
        Arn(service="bedrock", region=region, account="", resource=f"foundation-model/{model.id}")
    )


def _told(call: Call, model: FoundationModel) -> shapes.FoundationModelDetails:
    return {
        "modelArn": model_arn(call.region, model),
        "modelId": model.id,
        "modelName": model.name,
        "providerName": model.provider,
        "inputModalities": list(model.input),
        "outputModalities": list(model.output),
        "responseStreamingSupported": model.streaming,
        "customizationsSupported": [],
        "inferenceTypesSupported": list(model.inference),
        "modelLifecycle": {"status": model.status},
    }
