"""Signatures: where a page is signed, at once, in jobs, and beside forms and tables."""

import io
import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from benchmarks.accuracy.signature_pens import by_movement, resized
from tests.pages import Page, Place, png
from tests.services.textract import papers
from tests.services.textract.test_jobs import at, ended
from tests.small_weights import small_weights

Client = Callable[..., Any]

PEN = 6
"""The seed of a signature of nobody, by a model of how hands move."""


@pytest.fixture(autouse=True, scope="module")
def weights() -> None:
    small_weights()


def sign(page: Page, x: float, base: float) -> Place:
    """Sign on a line at a height, as a hand moves; return the place."""
    ink = resized(by_movement(random.Random(PEN)), 110, 420)
    left, top = round(x), round(base - 0.8 * len(ink))
    page.image.paste((20, 20, 60), (left, top), Image.fromarray(ink))
    width, height = page.image.size
    return (
        left / width,
        top / height,
        (left + ink.shape[1]) / width,
        (top + ink.shape[0]) / height,
    )


def agreement(*, is_signed: bool) -> tuple[Page, Place]:
    """Return a page that asks for a signature, and where it is or would be."""
    page = Page(papers.WIDTH, papers.HEIGHT)
    page.write("Rental agreement", 420, 120, size=44, is_bold=True)
    for row, text in enumerate(papers.wrapped(f"{papers.LEFT} {papers.RIGHT}", 60)):
        page.write(text, 120, 280 + row * 48, size=26)
    page.write("Name:", 120, 900, size=28)
    page.write("Camille Durand", 300, 900, size=28)
    page.write("Signature:", 120, 1150, size=28)
    page.draw.line((330, 1190, 860, 1190), fill="black", width=2)
    return page, sign(page if is_signed else Page(*page.image.size), 370, 1185)


def blocks_of(answer: Any, kind: str) -> list[Any]:
    return [block for block in answer["Blocks"] if block["BlockType"] == kind]


def ids_of(block: Mapping[str, Any], kind: str) -> list[str]:
    return [
        each
        for relation in block.get("Relationships", [])
        if relation["Type"] == kind
        for each in relation["Ids"]
    ]


def shared(block: Any, place: Place) -> float:
    """Return what a block and a place share, as a part of what they cover together."""
    box = block["Geometry"]["BoundingBox"]
    right, bottom = box["Left"] + box["Width"], box["Top"] + box["Height"]
    width = min(right, place[2]) - max(box["Left"], place[0])
    height = min(bottom, place[3]) - max(box["Top"], place[1])
    both = max(0, width) * max(0, height)
    one, other = box["Width"] * box["Height"], (place[2] - place[0]) * (place[3] - place[1])
    return both / (one + other - both)


def analyze(client: Client, page: Page, *features: str) -> Any:
    return client("textract").analyze_document(
        Document={"Bytes": png(page.image)}, FeatureTypes=features
    )


def test_a_signature_is_told_where_it_is_and_how_sure(client: Client):
    page, place = agreement(is_signed=True)

    answer = analyze(client, page, "SIGNATURES")

    (signature,) = blocks_of(answer, "SIGNATURE")
    assert shared(signature, place) > 0.5
    assert 50 <= signature["Confidence"] <= 100
    assert signature["Page"] == 1
    (whole,) = blocks_of(answer, "PAGE")
    assert signature["Id"] in ids_of(whole, "CHILD")
    assert len(signature["Geometry"]["Polygon"]) == 4
    assert "Text" not in signature


@pytest.mark.parametrize(
    "page",
    [agreement(is_signed=False)[0], papers.form(), papers.invoice(), papers.survey()],
    ids=["empty line", "form", "invoice", "survey"],
)
def test_nothing_is_told_of_pages_that_are_not_signed(client: Client, page: Page):
    answer = analyze(client, page, "SIGNATURES")

    assert blocks_of(answer, "SIGNATURE") == []
    assert blocks_of(answer, "LINE") != []


def test_a_signature_is_the_value_of_its_label_in_forms(client: Client):
    page, _ = agreement(is_signed=True)

    answer = analyze(client, page, "FORMS", "SIGNATURES")

    (signature,) = blocks_of(answer, "SIGNATURE")
    by_id = {block["Id"]: block for block in answer["Blocks"]}
    told = {
        " ".join(by_id[each]["Text"] for each in ids_of(key, "CHILD")): [
            by_id[child]
            for value in ids_of(key, "VALUE")
            for child in ids_of(by_id[value], "CHILD")
        ]
        for key in blocks_of(answer, "KEY_VALUE_SET")
        if key["EntityTypes"] == ["KEY"]
    }
    assert signature in told["Signature:"]
    assert [word["Text"] for word in told["Name:"]] == ["Camille", "Durand"]


def test_signatures_are_not_looked_for_unless_they_are_asked_for(client: Client):
    page, _ = agreement(is_signed=True)

    assert blocks_of(analyze(client, page, "FORMS"), "SIGNATURE") == []


def test_a_job_tells_on_which_pages_there_are_signatures(client: Client, account: str):
    bucket = f"signed-{account}"
    client("s3").create_bucket(Bucket=bucket)
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842))
    for is_signed in (False, True):
        page, place = agreement(is_signed=is_signed)
        canvas.drawImage(ImageReader(page.image), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    client("s3").put_object(Bucket=bucket, Key="a.pdf", Body=file.getvalue())
    textract = client("textract")

    job = textract.start_document_analysis(
        DocumentLocation=at(bucket, "a.pdf"), FeatureTypes=["SIGNATURES"]
    )["JobId"]
    answer = ended(textract.get_document_analysis, job)

    (signature,) = blocks_of(answer, "SIGNATURE")
    assert signature["Page"] == 2
    assert shared(signature, place) > 0.5  # pyright: ignore[reportPossiblyUnboundVariable]


def test_lending_tells_of_signatures_on_forms(client: Client, account: str):
    page = papers.wage_statement()
    page.write("Signature:", 100, 530)
    place = sign(page, 370, 560)
    bucket = f"lent-{account}"
    client("s3").create_bucket(Bucket=bucket)
    client("s3").put_object(Bucket=bucket, Key="a.png", Body=png(page.image))
    textract = client("textract")

    job = textract.start_lending_analysis(DocumentLocation=at(bucket, "a.png"))["JobId"]
    (result,) = ended(textract.get_lending_analysis, job)["Results"]

    (signature,) = result["Extractions"][0]["LendingDocument"]["SignatureDetections"]
    assert shared(signature, place) > 0.5
    assert 50 <= signature["Confidence"] <= 100
    (group,) = textract.get_lending_analysis_summary(JobId=job)["Summary"]["DocumentGroups"]
    assert group["DetectedSignatures"] == [{"Page": 1}]
