"""Categories of calls: rules by which call analytics jobs sort them.

Source: https://docs.aws.amazon.com/transcribe/latest/APIReference/API_CreateCallAnalyticsCategory.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.records import every
from outcrop.operations.tags import to_list
from outcrop.services.transcribe import shapes
from outcrop.services.transcribe.resources import (
    CATEGORY,
    Listing,
    create,
    delete,
    find,
    replace_document,
    scope,
)
from outcrop.services.transcribe.tags import checked_tags
from outcrop.storage.records.interface import Document, Record

POST_CALL = "POST_CALL"
PAIRS = (("StartTime", "EndTime"), ("StartPercentage", "EndPercentage"))
"""Members of time ranges that go together."""


@operation("CreateCallAnalyticsCategory")
async def create_call_analytics_category(
    call: Call, request: shapes.CreateCallAnalyticsCategoryRequest
) -> shapes.CreateCallAnalyticsCategoryResponse:
    """Make a category."""
    asked: Any = request
    now = call.backends.now()
    document = {
        **_described(asked),
        "created": now,
        "updated": now,
        "tags": checked_tags(request.get("Tags", [])),
    }
    name = request["CategoryName"]
    await create(call, CATEGORY, name, document)
    return {"CategoryProperties": _told(name, document)}


@operation("GetCallAnalyticsCategory")
async def get_call_analytics_category(
    call: Call, request: shapes.GetCallAnalyticsCategoryRequest
) -> shapes.GetCallAnalyticsCategoryResponse:
    """Answer with a category."""
    record = await find(call, CATEGORY, request["CategoryName"])
    return {"CategoryProperties": _told(record.name, record.document)}


@operation("UpdateCallAnalyticsCategory")
async def update_call_analytics_category(
    call: Call, request: shapes.UpdateCallAnalyticsCategoryRequest
) -> shapes.UpdateCallAnalyticsCategoryResponse:
    """Give a category other rules."""
    asked: Any = request
    described, now = _described(asked), call.backends.now()

    def changed(document: Document) -> Document:
        return {**document, **described, "updated": now}

    record = await replace_document(call, CATEGORY, request["CategoryName"], changed)
    return {"CategoryProperties": _told(record.name, record.document)}


@operation("ListCallAnalyticsCategories")
async def list_call_analytics_categories(
    call: Call, request: shapes.ListCallAnalyticsCategoriesRequest
) -> shapes.ListCallAnalyticsCategoriesResponse:
    """Answer with the categories, those first that were changed last."""
    answer: Any = await LISTING.page(call, request)
    return answer


@operation("DeleteCallAnalyticsCategory")
async def delete_call_analytics_category(
    call: Call, request: shapes.DeleteCallAnalyticsCategoryRequest
) -> shapes.DeleteCallAnalyticsCategoryResponse:
    """Delete a category; jobs that have begun go on with it."""
    await delete(call, CATEGORY, request["CategoryName"])
    return {}


async def rules_in_force(call: Call) -> dict[str, Sequence[Mapping[str, Any]]]:
    """Return the rules of all categories that apply to recordings, by their names."""
    records = every(call.backends.records, scope(call, CATEGORY))
    return {
        record.name: record.document["rules"]
        async for record in records
        if record.document["input"] == POST_CALL
    }


def _described(request: Mapping[str, Any]) -> Document:
    """Return the members of a category's document that a request sets.

    Raises:
        ServiceError: A rule contradicts itself.
    """
    rules: list[dict[str, Any]] = request["Rules"]
    for rule in rules:
        for asked in rule.values():
            _check_times(asked)
    return {"rules": rules, "input": request.get("InputType", POST_CALL)}


def _check_times(asked: Mapping[str, Any]) -> None:
    if "AbsoluteTimeRange" in asked and "RelativeTimeRange" in asked:
        raise shapes.BadRequestException(
            "A rule can have an AbsoluteTimeRange or a RelativeTimeRange, and not both of them."
        )
    times = {**asked.get("AbsoluteTimeRange", {}), **asked.get("RelativeTimeRange", {})}
    for start, end in PAIRS:
        if (start in times) != (end in times):
            raise shapes.BadRequestException(
                f"If you specify {start} or {end}, you must specify both of them."
            )
        if start in times and times[start] >= times[end]:
            raise shapes.BadRequestException(f"{start} must be less than {end}.")


def _told(name: str, document: Document) -> shapes.CategoryProperties:
    told: shapes.CategoryProperties = {
        "CategoryName": name,
        "Rules": document["rules"],
        "CreateTime": document["created"],
        "LastUpdateTime": document["updated"],
        "InputType": document["input"],
    }
    if document["tags"]:
        told["Tags"] = to_list(document["tags"])
    return told


def _info(_call: Call, record: Record) -> shapes.CategoryProperties:
    return _told(record.name, record.document)


LISTING = Listing(kind=CATEGORY, member="Categories", tell=_info)
