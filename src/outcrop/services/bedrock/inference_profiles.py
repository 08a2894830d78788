"""Inference profiles: those that AWS defines across regions, and those that an account makes.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles.html
"""

from typing import Any

from outcrop.aws.arn import Arn
from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of
from outcrop.operations.records import every
from outcrop.services.bedrock import shapes
from outcrop.services.bedrock.catalogue import SystemProfile, system_profiles
from outcrop.services.bedrock.foundation_models import model_arn, model_of
from outcrop.services.bedrock.listings import page_request
from outcrop.services.bedrock.resources import (
    INFERENCE_PROFILE,
    NameTakenError,
    add,
    arn_of,
    find,
    remove,
    scope,
)
from outcrop.services.bedrock.tags import checked_tags
from outcrop.storage.records.interface import Document

MOST_PROFILES = 1000
"""Of an account in a region.

Source: https://docs.aws.amazon.com/general/latest/gr/bedrock.html
"""


@operation("CreateInferenceProfile")
async def create_inference_profile(
    call: Call, request: shapes.CreateInferenceProfileRequest
) -> shapes.CreateInferenceProfileResponse:
    """Make a profile of a model, or of another profile's models."""
    name = request["inferenceProfileName"]
    document = {
        "description": request.get("description"),
        "models": _models_of_source(call, request["modelSource"]),
        "tags": checked_tags(request.get("tags", []), resource=name),
    }
    if await call.backends.records.count(scope(call, INFERENCE_PROFILE.name)) >= MOST_PROFILES:
        raise shapes.ServiceQuotaExceededException(
            f"The account has {MOST_PROFILES} inference profiles in this Region, the most it may."
        )
    try:
        profile = await add(
            call, INFERENCE_PROFILE, name, document, token=request.get("clientRequestToken", "")
        )
    except NameTakenError as error:
        raise shapes.ConflictException(f"An inference profile named {name} exists.") from error
    arn = arn_of(call, INFERENCE_PROFILE, profile.name)
    return {"inferenceProfileArn": arn, "status": "ACTIVE"}


@operation("GetInferenceProfile")
async def get_inference_profile(
    call: Call, request: shapes.GetInferenceProfileRequest
) -> shapes.GetInferenceProfileResponse:
    """Answer with a profile of either type, by id or ARN."""
    identifier = request["inferenceProfileIdentifier"]
    system = find_system_profile(call, identifier)
    if system is not None:
        return _told_system(call, system)
    return _told(call, (await find(call, INFERENCE_PROFILE, identifier)).document)


@operation("ListInferenceProfiles")
async def list_inference_profiles(
    call: Call, request: shapes.ListInferenceProfilesRequest
) -> shapes.ListInferenceProfilesResponse:
    """Answer with the profiles that may be used from the caller's region, by id."""
    kind = request.get("typeEquals", "SYSTEM_DEFINED")
    if kind == "SYSTEM_DEFINED":
        found = [
            _told_system(call, profile)
            for profile in system_profiles().values()
            if profile.geography.serves(call.region)
        ]
    else:
        place = scope(call, INFERENCE_PROFILE.name)
        records = every(call.backends.records, place)
        found = [_told(call, record.document) async for record in records]
    found.sort(key=_id)
    page = page_of(found, key=_id, page=page_request(request))
    answer: shapes.ListInferenceProfilesResponse = {"inferenceProfileSummaries": list(page.items)}
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


@operation("DeleteInferenceProfile")
async def delete_inference_profile(
    call: Call, request: shapes.DeleteInferenceProfileRequest
) -> shapes.DeleteInferenceProfileResponse:
    """Delete one of the account's own profiles."""
    identifier = request["inferenceProfileIdentifier"]
    if find_system_profile(call, identifier) is not None:
        raise shapes.ValidationException("System-defined inference profiles cannot be deleted.")
    await remove(call, await find(call, INFERENCE_PROFILE, identifier), INFERENCE_PROFILE)
    return {}


def find_system_profile(call: Call, identifier: str) -> SystemProfile | None:
    """Return the cross-region profile of an id or ARN, `None` where the region has none such."""
    profile = system_profiles().get(identifier.removeprefix(call.arn("inference-profile/")))
    return profile if profile and profile.geography.serves(call.region) else None


def system_profile_arn(call: Call, profile: SystemProfile) -> str:
    """Return a cross-region profile's ARN, which names the account that uses it."""
    return call.arn(f"inference-profile/{profile.id}")


def models_of_arn(call: Call, arn: str) -> list[str]:
    """Return the ARNs of the models behind the ARN of a model or of a cross-region profile.

    Raises:
        ServiceError: There is nothing of this name.
    """
    if Arn.parse(arn).resource.startswith("foundation-model/"):
        return [model_arn(call.region, model_of(call, arn))]
    profile = find_system_profile(call, arn)
    if profile is None:
        raise shapes.ResourceNotFoundException(f"The inference profile {arn} does not exist.")
    return _destinations(call, profile)


def _models_of_source(call: Call, source: Any) -> list[str]:
    if "copyFrom" not in source:
        raise shapes.ValidationException("modelSource must have copyFrom.")
    return models_of_arn(call, source["copyFrom"])


def _destinations(call: Call, profile: SystemProfile) -> list[str]:
    regions = profile.geography.regions(call.region)
    return [model_arn(region, profile.model) for region in regions]


def _told_system(call: Call, profile: SystemProfile) -> shapes.InferenceProfileSummary:
    model, geography = profile.model, profile.geography
    name = model.name if model.name.startswith(model.provider) else f"{model.provider} {model.name}"
    return {
        "inferenceProfileName": f"{geography.title} {name}",
        "description": f"Routes requests to {name} {_where(geography.regions(call.region))}.",
        "inferenceProfileArn": system_profile_arn(call, profile),
        "models": [{"modelArn": arn} for arn in _destinations(call, profile)],
        "inferenceProfileId": profile.id,
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }


def _where(regions: Any) -> str:
    if "" in regions:
        return "globally across all supported AWS Regions"
    return f"in {', '.join(regions[:-1])} and {regions[-1]}"


def _told(call: Call, document: Document) -> shapes.InferenceProfileSummary:
    told: shapes.InferenceProfileSummary = {
        "inferenceProfileName": document["name"],
        "createdAt": document["created"],
        "updatedAt": document["updated"],
        "inferenceProfileArn": arn_of(call, INFERENCE_PROFILE, document["id"]),
        "models": [{"modelArn": arn} for arn in document["models"]],
        "inferenceProfileId": document["id"],
        "status": "ACTIVE",
        "type": "APPLICATION",
    }
    if document["description"] is not None:
        told["description"] = document["description"]
    return told


def _id(summary: shapes.InferenceProfileSummary) -> str:
    return summary["inferenceProfileId"]
