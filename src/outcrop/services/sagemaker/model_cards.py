"""Model cards: create, describe, list, update, delete, and their versions.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelCard.html
"""

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.listings import Filter, Listing, all_of, anything
from outcrop.services.sagemaker.registry.cards import (
    CARDS,
    checked_content,
    dated,
    find_version,
    keeping,
    older_versions,
    told,
)
from outcrop.services.sagemaker.registry.exports import jobs_of
from outcrop.services.sagemaker.resources import MODEL_CARD, moment, remove
from outcrop.storage.records.interface import (
    Delete,
    Document,
    Record,
    RecordNotFoundError,
    Replace,
    StaleRecordError,
    Write,
)


def _has_status(card: Document, status: str) -> bool:
    return card["given"]["ModelCardStatus"] == status


FILTERS: dict[str, Filter] = {"ModelCardStatus": _has_status}
LISTING = Listing(member="ModelCardSummaries", filters=FILTERS)
VERSIONS = Listing(
    member="ModelCardVersionSummaryList",
    filters={**FILTERS, "ModelCardName": anything},
    sort_keys={"Version": "version"},
    sort_by="Version",
)
TRIES = 100
"""A card that so many others change in between is contended beyond use."""


@operation("CreateModelCard")
async def create_model_card(
    call: Call, request: shapes.CreateModelCardRequest
) -> shapes.CreateModelCardResponse:
    """Make a card and its first version."""
    checked_content(request["Content"])
    card = await CARDS.create(call, request, version=1, version_created=moment(call))
    return CARDS.arn_answer(call, card)


@operation("DescribeModelCard")
async def describe_model_card(
    call: Call, request: shapes.DescribeModelCardRequest
) -> shapes.DescribeModelCardResponse:
    """Answer with a version of a card, the latest unless the request names another."""
    card = await CARDS.find(call, request)
    version = await find_version(call, card, request.get("ModelCardVersion"))
    answer = told(call, card, version)
    if request.get("IncludedData") == "MetadataOnly":
        answer["Content"] = ""
    return answer


@operation("ListModelCards")
async def list_model_cards(
    call: Call, request: shapes.ListModelCardsRequest
) -> shapes.ListModelCardsResponse:
    """Answer with the cards that pass all filters."""
    cards = await all_of(call, MODEL_CARD)
    return LISTING.answer(request, cards, lambda card: told(call, card, card))


@operation("ListModelCardVersions")
async def list_model_card_versions(
    call: Call, request: shapes.ListModelCardVersionsRequest
) -> shapes.ListModelCardVersionsResponse:
    """Answer with the versions of a card that pass all filters."""
    card = await CARDS.find(call, request)
    versions = [dated(one) for one in (*await older_versions(call, card), card)]
    return VERSIONS.answer(request, versions, lambda version: told(call, card, version))


@operation("UpdateModelCard")
async def update_model_card(
    call: Call, request: shapes.UpdateModelCardRequest
) -> shapes.UpdateModelCardResponse:
    """Give a card new content, which makes a version, or its latest version another status."""
    if ("Content" in request) == ("ModelCardStatus" in request):
        raise ValidationError(
            "You must update either the content or the status of a model card, and not both."
        )
    if "Content" in request:
        checked_content(request["Content"])
    card = await _changed(call, request)
    return CARDS.arn_answer(call, card)


@operation("DeleteModelCard")
async def delete_model_card(call: Call, request: shapes.DeleteModelCardRequest) -> None:
    """Delete a card with its versions and the records of its exports."""
    card = await CARDS.find(call, request)
    parts = [*await older_versions(call, card), *await jobs_of(call, card)]
    gone = [Delete(scope=part.scope, name=part.name, must_exist=False) for part in parts]
    await remove(call, card, *gone)


async def _changed(call: Call, request: shapes.UpdateModelCardRequest) -> Record:
    for _ in range(TRIES):
        card = await CARDS.find(call, request)
        writes: list[Write] = [Replace(record=card, document=_after(card.document, request, call))]
        if "Content" in request:
            writes.append(keeping(call, card))
        try:
            await call.backends.records.write(*writes)
        except (StaleRecordError, RecordNotFoundError):  # It has changed, or has gone.
            continue
        return card
    raise StaleRecordError(request["ModelCardName"])


def _after(before: Document, request: shapes.UpdateModelCardRequest, call: Call) -> Document:
    """Return a card's document after a change; a new version counts from now.

    Raises:
        ServiceError: The card is archived, so that its content stays.
    """
    document = {
        **before,
        "given": {**before["given"], **CARDS.given(request)},
        "modified": moment(call),
    }
    if "Content" not in request:
        return document
    if before["given"]["ModelCardStatus"] == "Archived":
        raise shapes.ConflictException("Model card is in Archived state.")
    return {**document, "version": before["version"] + 1, "version_created": moment(call)}
