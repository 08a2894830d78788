"""Search over all kinds of resources, and suggestions of what to search for.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Search.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.listings import sortable
from outcrop.services.sagemaker.searching.expressions import (
    check_expression,
    is_visible,
    satisfies,
)
from outcrop.services.sagemaker.searching.properties import names_in, values_of
from outcrop.services.sagemaker.searching.resources import SEARCHED, Told

MOST_RESULTS = 10
"""On a page, if the request asks for no number."""
MOST_SUGGESTIONS = 100


@operation("Search")
async def search(call: Call, request: shapes.SearchRequest) -> shapes.SearchResponse:
    """Answer with the resources of a kind that satisfy an expression."""
    given: Mapping[str, Any] = request
    expression = given.get("SearchExpression")
    if expression is not None:
        check_expression(given["Resource"], expression)
    if given["Resource"] not in SEARCHED or given.get("CrossAccountFilterOption") == "CrossAccount":
        return _answer([], None, 0)
    searched = SEARCHED[given["Resource"]]
    found = [
        told
        for told in await searched.tell_all(call)
        if (expression is None or satisfies(told, expression))
        and all(is_visible(told, one) for one in given.get("VisibilityConditions", []))
    ]
    sort_by = given.get("SortBy", "LastModifiedTime")
    descending = given.get("SortOrder", "Descending") == "Descending"

    def place(told: Told) -> str:
        value, *_ = values_of(told, sort_by) or (None,)
        arn, *_ = values_of(told, searched.arn)
        return f"{sortable(value)}/{arn}"

    page = page_of(
        sorted(found, key=place, reverse=descending),
        key=place,
        page=PageRequest(
            limit=given.get("MaxResults", MOST_RESULTS),
            token=given.get("NextToken"),
            error=ValidationError("Invalid pagination token."),
        ),
        descending=descending,
    )
    results = [{searched.member: told} for told in page.items]
    return _answer(results, page.next_token, len(found))


@operation("GetSearchSuggestions")
async def get_search_suggestions(
    call: Call, request: shapes.GetSearchSuggestionsRequest
) -> shapes.GetSearchSuggestionsResponse:
    """Answer with the names of properties that resources of a kind have, those with a beginning."""
    query = request.get("SuggestionQuery", {}).get("PropertyNameQuery", {})
    hint = query.get("PropertyNameHint", "")
    searched = SEARCHED.get(request["Resource"])
    told = await searched.tell_all(call) if searched else ()
    names = {name for one in told for name in names_in(one) if name.startswith(hint)}
    return {
        "PropertyNameSuggestions": [
            {"PropertyName": name} for name in sorted(names)[:MOST_SUGGESTIONS]
        ]
    }


def _answer(results: list[Any], token: str | None, total: int) -> shapes.SearchResponse:
    answer: shapes.SearchResponse = {
        "Results": results,
        "TotalHits": {"Value": total, "Relation": "EqualTo"},
    }
    if token:
        answer["NextToken"] = token
    return answer
