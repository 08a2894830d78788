"""What AnalyzeDocument may be asked to look for on a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.engines.document_fields.interface import CheckBox
from outcrop.engines.document_layout.interface import Layout
from outcrop.engines.media.places import is_middle_in
from outcrop.operations.backends import Engines
from outcrop.services.textract import shapes
from outcrop.services.textract.blocks import PageBlocks
from outcrop.services.textract.forms import add_forms
from outcrop.services.textract.layout import add_layout
from outcrop.services.textract.pages import ReadPage
from outcrop.services.textract.queries import add_queries
from outcrop.services.textract.query_pages import check_pages, pages_of, wrong_pages
from outcrop.services.textract.selections import (
    Selections,
    add_choices,
    find_checkboxes,
    ticked,
    without_boxes,
)
from outcrop.services.textract.signatures import Signatures, find_signatures
from outcrop.services.textract.tables import add_tables

MAY_BE_TICKED = frozenset(("TABLES", "FORMS"))
"""Features that tell checkboxes."""
NEED_LAYOUT = frozenset(("TABLES", "LAYOUT"))
SYNCHRONOUS, ASYNCHRONOUS = "synchronous", "asynchronous"
MOST_QUERIES = {SYNCHRONOUS: 15, ASYNCHRONOUS: 30}
"""A page. Source: https://docs.aws.amazon.com/textract/latest/dg/limits-document.html"""
NO_LAYOUT = Layout(regions=(), tables=())


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for."""

    features: frozenset[str]
    queries: Sequence[Mapping[str, Any]]
    most_queries: int
    """That are answered about one page."""

    @property
    def needs_image(self) -> bool:
        """Whether pages are looked at, not only read."""
        return bool(self.features & (NEED_LAYOUT | MAY_BE_TICKED | {"SIGNATURES"}))

    async def find(self, page: ReadPage, engines: Engines, *, pages: int) -> list[Any]:
        """Return the blocks of a page.

        Args:
            page: Which page.
            engines: What sees and reads.
            pages: How many the document has.

        Raises:
            EngineError: A model is not there, or failed.
            ServiceError: Likewise, for the chat model.
        """
        checkboxes: Sequence[CheckBox] = ()
        if self.features & MAY_BE_TICKED:
            checkboxes = await find_checkboxes(page, engines)
            page = without_boxes(page, checkboxes)
        blocks = PageBlocks(page)
        selections = Selections(blocks, checkboxes)
        signed = await find_signatures(page, engines) if "SIGNATURES" in self.features else ()
        signatures = Signatures(blocks, signed)
        layout = NO_LAYOUT
        if self.features & NEED_LAYOUT:
            layout = await engines.document_layout.see(page.image)
        if "TABLES" in self.features:
            filled = await engines.document_fields.tables(page.lines, layout.tables)
            add_tables(blocks, layout, filled, (selections, signatures))
        in_tables = [table.box for table in layout.tables]
        loose = [
            each for each in checkboxes if not any(is_middle_in(each.box, box) for box in in_tables)
        ]
        choices = await ticked(page, loose, engines)
        fields = await engines.document_fields.form(choices.lines)
        if "LAYOUT" in self.features:
            add_layout(blocks, layout, fields)
        if "FORMS" in self.features:
            add_forms(blocks, fields, signatures.ids_at)
            signatures.add_labels(fields)
            add_choices(blocks, choices.choices, selections)
        queries = [each for each in self.queries if page.number in pages_of(each, pages)]
        await add_queries(blocks, queries[: self.most_queries], fields, engines.chat)
        return blocks.all()

    def wrong_pages(self, pages: int) -> list[int]:
        """Return the pages that are not there but asked, and those that are asked too much."""
        return wrong_pages(self.queries, pages, most=self.most_queries)


def wanted_of(request: Mapping[str, Any], *, kind: str) -> Wanted:
    """Return what a request looks for.

    Args:
        request: Of AnalyzeDocument or StartDocumentAnalysis.
        kind: A key of `MOST_QUERIES`.

    Raises:
        InvalidParameterException: It contradicts itself, or asks for what nothing here can find.
    """
    features = frozenset(request["FeatureTypes"])
    queries: Sequence[Mapping[str, Any]] = request.get("QueriesConfig", {}).get("Queries", [])
    if not features:
        raise shapes.InvalidParameterException("FeatureTypes must name at least one feature.")
    if bool(queries) != ("QUERIES" in features):
        raise shapes.InvalidParameterException(
            "QueriesConfig and the feature QUERIES go together: one of them is missing."
        )
    for query in queries:
        check_pages(query)
    wanted = Wanted(features, queries, MOST_QUERIES[kind])
    if kind == SYNCHRONOUS and (wrong := wanted.wrong_pages(1)):
        if wrong[-1] > 1:
            raise shapes.InvalidParameterException(
                f"QueriesConfig asks page {wrong[-1]}, and there is one page."
            )
        raise shapes.InvalidParameterException(
            f"QueriesConfig has {len(queries)} queries: at most {MOST_QUERIES[kind]} are answered."
        )
    return wanted
