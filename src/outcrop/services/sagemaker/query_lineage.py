"""QueryLineage: what an entity came from, and what came of it.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_QueryLineage.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.lineage.entities import (
    LINEAGE_TYPES,
    find_entity,
    kind_of,
    type_of,
)
from outcrop.services.sagemaker.lineage.graph import Walk
from outcrop.services.sagemaker.listings import all_of
from outcrop.services.sagemaker.resources import KINDS, arn_of
from outcrop.storage.records.interface import Document, Record

DEEPEST, MOST_RESULTS = 10, 50
"""What a request may ask for at most, and gets if it asks for nothing."""
TIMES: Mapping[str, Callable[[Document, Any], bool]] = {
    "CreatedBefore": lambda document, moment: document["created"] < moment,
    "CreatedAfter": lambda document, moment: document["created"] > moment,
    "ModifiedBefore": lambda document, moment: document["modified"] < moment,
    "ModifiedAfter": lambda document, moment: document["modified"] > moment,
}


@operation("QueryLineage")
async def query_lineage(
    call: Call, request: shapes.QueryLineageRequest
) -> shapes.QueryLineageResponse:
    """Answer with the entities that pass the filters, and with what lies on the way to them."""
    walk = await _walk(call, request)
    vertices = {arn: await find_entity(call, arn) for arn in walk.depth_of}
    filters = request.get("Filters", {})
    found = {arn for arn, record in vertices.items() if _passes(record, filters)}
    with_edges = request.get("IncludeEdges", True)
    if with_edges:
        found = walk.on_paths_to(found)

    def place(arn: str) -> str:
        return f"{walk.depth_of[arn]:02d}/{arn}"

    page = page_of(
        sorted(found, key=place),
        key=place,
        page=PageRequest(
            limit=request.get("MaxResults", MOST_RESULTS),
            token=request.get("NextToken"),
            error=ValidationError("Invalid pagination token."),
        ),
    )
    answer: dict[str, Any] = {"Vertices": [_vertex(arn, vertices[arn]) for arn in page.items]}
    if with_edges:
        # An edge is told on the page that has the farther of its ends.
        answer["Edges"] = [
            _edge(edge)
            for ends, edge in walk.edges.items()
            if found.issuperset(ends) and max(ends, key=place) in page.items
        ]
    if page.next_token:
        answer["NextToken"] = page.next_token
    told: Any = answer
    return told


async def _walk(call: Call, request: shapes.QueryLineageRequest) -> Walk:
    walk = Walk(call)
    most = request.get("MaxDepth", DEEPEST)
    direction = request.get("Direction", "Both")
    for start in request.get("StartArns", []):
        await find_entity(call, start)
        for name, forwards in (("Ascendants", False), ("Descendants", True)):
            if direction in (name, "Both"):
                await walk.go(start, forwards=forwards, most=most)
    if not request.get("StartArns"):
        for kind in LINEAGE_TYPES:
            for record in await all_of(call, KINDS[kind]):
                arn = arn_of(call, KINDS[kind], record.name)
                await walk.go(arn, forwards=True, most=1)
        walk.depth_of = dict.fromkeys(walk.depth_of, 0)
    return walk


def _passes(record: Record, filters: Mapping[str, Any]) -> bool:
    kind, document = KINDS[record.scope.kind], record.document
    properties: Mapping[str, str] = document["given"].get("Properties", {})
    wanted: Mapping[str, str] = filters.get("Properties", {})
    return (
        _is_one_of(type_of(kind, document), filters.get("Types"))
        and _is_one_of(LINEAGE_TYPES.get(kind.name), filters.get("LineageTypes"))
        and all(
            passes(document, filters[name]) for name, passes in TIMES.items() if name in filters
        )
        and (not wanted or any(properties.get(key) == text for key, text in wanted.items()))
    )


def _is_one_of(value: str | None, wanted: list[str] | None) -> bool:
    return not wanted or value in wanted


def _vertex(arn: str, record: Record) -> Mapping[str, Any]:
    kind = kind_of(arn)
    return {
        "Arn": arn,
        "Type": type_of(kind, record.document),
        "LineageType": LINEAGE_TYPES.get(kind.name),
    }


def _edge(edge: Document) -> Mapping[str, Any]:
    return {
        "SourceArn": edge["source"],
        "DestinationArn": edge["destination"],
        "AssociationType": edge["type"],
    }
