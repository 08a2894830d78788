"""Prompt routers: those that AWS defines, and those that an account makes.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-routing.html
"""

from collections.abc import Sequence

from outcrop.aws.arn import Arn
from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of
from outcrop.operations.records import every
from outcrop.services.bedrock import shapes
from outcrop.services.bedrock.catalogue import DefaultRouter, catalogue, system_profiles
from outcrop.services.bedrock.foundation_models import model_of
from outcrop.services.bedrock.inference_profiles import (
    find_system_profile,
    models_of_arn,
    system_profile_arn,
)
from outcrop.services.bedrock.listings import page_request
from outcrop.services.bedrock.resources import (
    INFERENCE_PROFILE,
    PROMPT_ROUTER,
    NameTakenError,
    add,
    arn_of,
    find,
    not_found,
    remove,
    scope,
)
from outcrop.services.bedrock.tags import checked_tags
from outcrop.storage.records.interface import Document

MOST_MODELS = 2
"""That a router chooses from."""
DEFAULT = "default-prompt-router/"


@operation("CreatePromptRouter")
async def create_prompt_router(
    call: Call, request: shapes.CreatePromptRouterRequest
) -> shapes.CreatePromptRouterResponse:
    """Make a router between models of one family."""
    chosen = [model["modelArn"] for model in request["models"]]
    fallback = request["fallbackModel"]["modelArn"]
    await _check_models(call, chosen, fallback)
    name = request["promptRouterName"]
    document = {
        "description": request.get("description"),
        "models": chosen,
        "fallback": fallback,
        "difference": request["routingCriteria"]["responseQualityDifference"],
        "tags": checked_tags(request.get("tags", []), resource=name),
    }
    token = request.get("clientRequestToken", "")
    try:
        router = await add(call, PROMPT_ROUTER, name, document, token=token)
    except NameTakenError as error:
        raise shapes.ConflictException(f"A prompt router named {name} exists.") from error
    return {"promptRouterArn": arn_of(call, PROMPT_ROUTER, router.name)}


@operation("GetPromptRouter")
async def get_prompt_router(
    call: Call, request: shapes.GetPromptRouterRequest
) -> shapes.GetPromptRouterResponse:
    """Answer with a router of either type."""
    arn = request["promptRouterArn"]
    default = _find_default(call, arn)
    if default is not None:
        return _told_default(call, default)
    return _told(call, (await find(call, PROMPT_ROUTER, arn)).document)


@operation("ListPromptRouters")
async def list_prompt_routers(
    call: Call, request: shapes.ListPromptRoutersRequest
) -> shapes.ListPromptRoutersResponse:
    """Answer with the routers of one type, or of both, by ARN."""
    kind = request.get("type")
    found: list[shapes.PromptRouterSummary] = []
    if kind != "custom":
        routers = catalogue().prompt_routers
        found += [_told_default(call, router) for router in routers if _profiles(call, router)]
    if kind != "default":
        place = scope(call, PROMPT_ROUTER.name)
        records = every(call.backends.records, place)
        found += [_told(call, record.document) async for record in records]
    found.sort(key=_arn)
    page = page_of(found, key=_arn, page=page_request(request))
    answer: shapes.ListPromptRoutersResponse = {"promptRouterSummaries": list(page.items)}
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


@operation("DeletePromptRouter")
async def delete_prompt_router(
    call: Call, request: shapes.DeletePromptRouterRequest
) -> shapes.DeletePromptRouterResponse:
    """Delete one of the account's own routers."""
    arn = request["promptRouterArn"]
    if _find_default(call, arn) is not None:
        raise shapes.ValidationException("Default prompt routers cannot be deleted.")
    await remove(call, await find(call, PROMPT_ROUTER, arn), PROMPT_ROUTER)
    return {}


async def _check_models(call: Call, chosen: Sequence[str], fallback: str) -> None:
    together = {*chosen, fallback}
    if not chosen or len(together) != MOST_MODELS:
        raise shapes.ValidationException(
            "A prompt router chooses between two models, of which the fallback model is one."
        )
    providers = {await _provider(call, arn) for arn in together}
    if len(providers) > 1:
        raise shapes.ValidationException("The models of a prompt router must be of one family.")


async def _provider(call: Call, arn: str) -> str:
    """Return whose model an ARN leads to.

    Raises:
        ServiceError: It leads to none.
    """
    if arn.startswith(arn_of(call, INFERENCE_PROFILE, "")):
        behind: str = (await find(call, INFERENCE_PROFILE, arn)).document["models"][0]
    else:
        behind = models_of_arn(call, arn)[-1]
    here = str(Arn(service="bedrock", region=call.region, account="", resource=""))
    return model_of(call, here + Arn.parse(behind).resource).provider


def _find_default(call: Call, arn: str) -> DefaultRouter | None:
    router_id = arn.removeprefix(call.arn(DEFAULT))
    for router in catalogue().prompt_routers:
        if router.id == router_id and _profiles(call, router):
            return router
    if f":{DEFAULT}" in arn:
        raise not_found(PROMPT_ROUTER, arn)
    return None


def _profiles(call: Call, router: DefaultRouter) -> dict[str, str]:
    """Return the ARNs of the region's profiles for a router's models; none where it lacks one."""
    found: dict[str, str] = {}
    for profile in system_profiles().values():
        usable = find_system_profile(call, profile.id) and profile.geography.sources
        if usable and profile.model.id in router.models:
            found.setdefault(profile.model.id, system_profile_arn(call, profile))
    return found if len(found) == len(router.models) else {}


def _told_default(call: Call, router: DefaultRouter) -> shapes.PromptRouterSummary:
    profiles = _profiles(call, router)
    return {
        "promptRouterName": router.name,
        "routingCriteria": {"responseQualityDifference": router.response_quality_difference},
        "description": router.description,
        "promptRouterArn": call.arn(f"{DEFAULT}{router.id}"),
        "models": [{"modelArn": profiles[model]} for model in router.models],
        "fallbackModel": {"modelArn": profiles[router.fallback]},
        "status": "AVAILABLE",
        "type": "default",
    }


def _told(call: Call, router: Document) -> shapes.PromptRouterSummary:
    told: shapes.PromptRouterSummary = {
        "promptRouterName": router["name"],
        "routingCriteria": {"responseQualityDifference": router["difference"]},
        "createdAt": router["created"],
        "updatedAt": router["updated"],
        "promptRouterArn": arn_of(call, PROMPT_ROUTER, router["id"]),
        "models": [{"modelArn": arn} for arn in router["models"]],
        "fallbackModel": {"modelArn": router["fallback"]},
        "status": "AVAILABLE",
        "type": "custom",
    }
    if router["description"] is not None:
        told["description"] = router["description"]
    return told


def _arn(summary: shapes.PromptRouterSummary) -> str:
    return summary["promptRouterArn"]
