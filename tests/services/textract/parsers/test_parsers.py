"""Amazon's own parsers read AnalyzeDocument's answers for three papers."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.client_environments import client_environment
from tests.pages import png
from tests.services.textract import papers
from tests.services.textract.test_signatures import agreement
from tests.small_weights import small_weights

HERE = Path(__file__).parent
FEATURES = ["TABLES", "FORMS", "LAYOUT"]


@pytest.fixture(scope="module")
def parse() -> Callable[..., Mapping[str, Any]]:
    """Return what the parsers find in an answer."""
    small_weights()
    folder = client_environment("textract-parsers", HERE / "requirements.txt")

    def run(answer: Any, program: str = "parse.py") -> Mapping[str, Any]:
        told = {name: answer[name] for name in answer if name != "ResponseMetadata"}
        done = subprocess.run(
            [folder / "bin" / "python", HERE / "programs" / program],
            input=json.dumps(told),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def analyze(client: Callable[..., Any], page: Any, **request: Any) -> Any:
    given = {"FeatureTypes": FEATURES, **request}
    return client("textract").analyze_document(Document={"Bytes": png(page.image)}, **given)


def narrow(fields: Mapping[str, str]) -> dict[str, str]:
    """Return fields whose labels end with a colon and no space: French ones are read either way."""
    return {label.replace(" :", ":"): value for label, value in fields.items()}


def test_the_table_and_the_fields_of_an_invoice(client: Callable[..., Any], parse: Any):
    found = parse(analyze(client, papers.invoice()))

    assert found["response-parser"]["tables"] == [papers.ITEMS]
    assert found["textractor"]["headers"] == [papers.ITEMS[0]]
    fields = {
        "Invoice number:": "INV-2024-0117",
        "Invoice date:": "2024-03-14",
        "Due date:": "2024-04-13",
        "Subtotal:": "377.70",
        "Tax:": "75.54",
        "Total:": "453.24 EUR",
    }
    assert found["response-parser"]["fields"] == fields
    assert found["textractor"]["fields"] == fields


def test_the_fields_of_a_form(client: Callable[..., Any], parse: Any):
    found = parse(analyze(client, papers.form()))

    assert found["response-parser"]["fields"] == papers.FIELDS
    assert found["textractor"]["fields"] == papers.FIELDS


def test_the_table_and_the_fields_of_a_french_invoice(client: Callable[..., Any], parse: Any):
    found = parse(analyze(client, papers.french_invoice()))

    assert found["response-parser"]["tables"] == [papers.FRENCH_ITEMS]
    assert found["textractor"]["headers"] == [papers.FRENCH_ITEMS[0]]
    assert narrow(found["response-parser"]["fields"]) == narrow(papers.FRENCH_TOTALS)
    assert narrow(found["textractor"]["fields"]) == narrow(papers.FRENCH_TOTALS)


def test_the_fields_and_checkboxes_of_a_french_form(client: Callable[..., Any], parse: Any):
    found = parse(analyze(client, papers.french_form()))

    choices = {
        text: "SELECTED" if is_ticked else "NOT_SELECTED"
        for text, is_ticked in papers.FRENCH_CHOICES.items()
    }
    fields = narrow(papers.FRENCH_FIELDS)
    assert narrow(found["response-parser"]["fields"]) == {**fields, **choices}
    assert narrow(found["textractor"]["fields"]) == fields
    assert found["textractor"]["checkboxes"] == choices


def test_checkboxes_in_the_cells_of_a_table(client: Callable[..., Any], parse: Any):
    answer = analyze(client, papers.survey())

    statuses = {True: "SELECTED,", False: "NOT_SELECTED,"}
    (table,) = parse(answer)["response-parser"]["tables"]
    assert table == [[statuses.get(each, each) for each in row] for row in papers.RATINGS]
    assert not [b for b in answer["Blocks"] if b["BlockType"] == "KEY_VALUE_SET"]


def test_two_columns_are_read_one_after_the_other(client: Callable[..., Any], parse: Any):
    found = parse(analyze(client, papers.two_columns()))["textractor"]

    kinds = [kind for kind, _ in found["layouts"]]
    assert kinds == ["LAYOUT_TITLE", "LAYOUT_TEXT", "LAYOUT_TEXT"]
    texts = [" ".join(text.split()) for _, text in found["layouts"]]
    assert texts == ["The night of the flood", papers.LEFT, papers.RIGHT]


def test_answers_to_questions_stand_on_the_page(client: Callable[..., Any], parse: Any):
    queries = [{"Text": "What is the invoice number?", "Alias": "NUMBER", "Pages": ["1"]}]

    answer = analyze(
        client, papers.invoice(), FeatureTypes=["QUERIES"], QueriesConfig={"Queries": queries}
    )

    found = parse(answer)
    assert found["textractor"]["queries"] == {"What is the invoice number?": "INV-2024-0117"}
    query, result = (block for block in answer["Blocks"] if "QUERY" in block["BlockType"])
    assert query["Relationships"] == [{"Type": "ANSWER", "Ids": [result["Id"]]}]
    words = {b["Text"]: b for b in answer["Blocks"] if b["BlockType"] == "WORD"}
    place = words["INV-2024-0117"]["Geometry"]["BoundingBox"]
    assert result["Geometry"]["BoundingBox"] == pytest.approx(place, abs=1e-6)
    assert 0 < result["Confidence"] <= 100


def test_signatures_are_found_where_the_answer_has_them(client: Callable[..., Any], parse: Any):
    page, _ = agreement(is_signed=True)

    answer = analyze(client, page, FeatureTypes=["SIGNATURES", "FORMS"])

    (block,) = (block for block in answer["Blocks"] if block["BlockType"] == "SIGNATURE")
    place = block["Geometry"]["BoundingBox"]
    expected = [
        block["Confidence"] / 100,
        *(place[side] for side in ("Left", "Top", "Width", "Height")),
    ]
    ((page_number, *told),) = parse(answer)["textractor"]["signatures"]
    assert page_number == 1
    assert told == pytest.approx(expected, abs=1e-6)


def test_the_fields_of_a_receipt(client: Callable[..., Any], parse: Any):
    answer = client("textract").analyze_expense(Document={"Bytes": png(papers.receipt().image)})

    found = parse(answer, "parse_fields.py")

    assert found["response-parser"] == found["textractor"]
    assert ["INVOICE_RECEIPT_ID", "2024-881"] in found["textractor"]


def test_the_items_of_an_invoice(client: Callable[..., Any], parse: Any):
    answer = client("textract").analyze_expense(Document={"Bytes": png(papers.invoice().image)})

    found = parse(answer, "parse_fields.py")

    assert found["rows"] == [len(papers.ITEMS) - 1]
    assert found["response-parser"] == found["textractor"]


def test_the_fields_of_a_licence(client: Callable[..., Any], parse: Any):
    page = png(papers.licence().image)

    found = parse(client("textract").analyze_id(DocumentPages=[{"Bytes": page}]), "parse_fields.py")

    assert found["response-parser"] == found["textractor"]
    assert found["textractor"]["LAST_NAME"] == "GARCIA"
