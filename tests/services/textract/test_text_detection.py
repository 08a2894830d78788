"""DetectDocumentText on pages that the tests draw."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from tests.pages import Page, png
from tests.small_weights import small_weights

Client = Callable[..., Any]
SENTENCE = "The board approved a dividend of $1.25 per share."


@pytest.fixture(autouse=True, scope="module")
def weights() -> None:
    small_weights()


def drawn() -> Page:
    page = Page(900, 240)
    page.write(SENTENCE, 60, 40)
    page.write("Total : 1 234,56 €", 60, 140)
    return page


def pdf(*pages: str) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842))
    for text in pages:
        canvas.drawString(60, 742, text)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def refusal(client: Client, **document: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        client("textract").detect_document_text(Document=document)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def test_a_page_its_lines_and_their_words_are_blocks(client: Client):
    page = drawn()

    answer = client("textract").detect_document_text(Document={"Bytes": png(page.image)})

    assert answer["DocumentMetadata"] == {"Pages": 1}
    root, *blocks = answer["Blocks"]
    lines = [block for block in blocks if block["BlockType"] == "LINE"]
    words = {block["Id"]: block for block in blocks if block["BlockType"] == "WORD"}
    assert [line["Text"] for line in lines] == [SENTENCE, "Total : 1 234,56 €"]
    assert root["Relationships"] == [{"Type": "CHILD", "Ids": [line["Id"] for line in lines]}]
    of_line = [words[each] for each in lines[0]["Relationships"][0]["Ids"]]
    assert [word["Text"] for word in of_line] == SENTENCE.split()
    for word, (left, top, right, bottom) in zip(of_line, page.places[SENTENCE], strict=True):
        box = word["Geometry"]["BoundingBox"]
        found = [box["Left"], box["Top"], box["Width"], box["Height"]]
        assert found == pytest.approx([left, top, right - left, bottom - top], abs=0.015)
        assert 90 < word["Confidence"] <= 100


def test_the_text_of_a_pdf_is_taken_as_it_stands(client: Client):
    given = pdf("Œuvres complètes, tome 3")

    answer = client("textract").detect_document_text(Document={"Bytes": given})

    line = next(block for block in answer["Blocks"] if block["BlockType"] == "LINE")
    assert (line["Text"], line["Confidence"]) == ("Œuvres complètes, tome 3", 100.0)
    assert line["Geometry"]["BoundingBox"]["Left"] == pytest.approx(60 / 595, abs=0.005)
    assert line["Geometry"]["BoundingBox"]["Top"] == pytest.approx(91 / 842, abs=0.005)


def test_turned_text_of_a_pdf_is_read_and_what_lies_off_the_page_is_not(client: Client):
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842))
    canvas.setFont("Helvetica", 18)
    canvas.drawString(60, 900, "above the page")
    canvas.translate(300, 200)
    canvas.rotate(90)
    canvas.drawString(0, 0, "This line runs upwards.")
    canvas.save()

    answer = client("textract").detect_document_text(Document={"Bytes": file.getvalue()})

    (line,) = (block for block in answer["Blocks"] if block["BlockType"] == "LINE")
    assert line["Text"] == "This line runs upwards."
    # The polygon begins where the text does, at the bottom left.
    assert line["Geometry"]["Polygon"][0]["Y"] == pytest.approx(1 - 200 / 842, abs=0.01)


def test_a_pdf_page_that_stands_on_its_head_is_read_line_by_line(client: Client):
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842))
    canvas.setFont("Helvetica", 18)
    canvas.drawString(60, 742, "Rent for March")
    canvas.drawString(60, 702, "1 250 euros")
    canvas.setPageRotation(180)
    canvas.save()

    answer = client("textract").detect_document_text(Document={"Bytes": file.getvalue()})

    lines = [block for block in answer["Blocks"] if block["BlockType"] == "LINE"]
    assert [line["Text"] for line in lines] == ["Rent for March", "1 250 euros"]
    # The polygon begins where the text does, which is at the bottom right.
    assert lines[0]["Geometry"]["Polygon"][0]["X"] == pytest.approx(1 - 60 / 595, abs=0.01)


def test_a_tiff_is_read_whose_ground_is_transparent(client: Client):
    page = Image.new("RGBA", (900, 240))
    page.paste("black", mask=drawn().image.convert("L").point(lambda grey: 255 - grey))
    file = io.BytesIO()
    page.save(file, "TIFF")

    answer = client("textract").detect_document_text(Document={"Bytes": file.getvalue()})

    assert next(b["Text"] for b in answer["Blocks"] if b["BlockType"] == "LINE") == SENTENCE


def test_a_scanned_pdf_is_read(client: Client):
    file = io.BytesIO()
    drawn().image.save(file, "PDF", resolution=100)

    answer = client("textract").detect_document_text(Document={"Bytes": file.getvalue()})

    assert next(b["Text"] for b in answer["Blocks"] if b["BlockType"] == "LINE") == SENTENCE


def test_a_tiff_in_s3_is_read(client: Client, account: str):
    file = io.BytesIO()
    drawn().image.save(file, "TIFF")
    s3 = client("s3")
    s3.create_bucket(Bucket=f"scans-{account}")
    s3.put_object(Bucket=f"scans-{account}", Key="a.tiff", Body=file.getvalue())

    answer = client("textract").detect_document_text(
        Document={"S3Object": {"Bucket": f"scans-{account}", "Name": "a.tiff"}}
    )

    assert next(b["Text"] for b in answer["Blocks"] if b["BlockType"] == "LINE") == SENTENCE


def test_an_object_that_is_not_there(client: Client, account: str):
    place = {"Bucket": f"none-{account}", "Name": "a.png"}

    assert refusal(client, S3Object=place) == (
        "InvalidS3ObjectException",
        "Unable to get object metadata from S3. Check object key, region and/or access"
        " permissions.",
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 a zip that was renamed", "UnsupportedDocumentException"),
        (b"%PDF-1.7 and nothing more", "BadDocumentException"),
        (pdf("one", "two"), "UnsupportedDocumentException"),
        (png(Image.new("RGB", (400, 300)))[:200], "BadDocumentException"),
        (png(Image.new("1", (20_000, 20_000))), "DocumentTooLargeException"),
    ],
    ids=["zip", "broken PDF", "two pages", "half a picture", "bomb"],
)
def test_what_cannot_be_read_is_refused(client: Client, content: bytes, code: str):
    assert refusal(client, Bytes=content)[0] == code


def test_a_document_is_bytes_or_an_object(client: Client):
    assert refusal(client) == ("InvalidParameterException", "Request has invalid parameters")


def test_the_command_line(client: Client, account: str, environment: Mapping[str, str]):
    del environment  # Set in this process, and so in the program's.
    client("s3").create_bucket(Bucket=f"cli-{account}")
    client("s3").put_object(Bucket=f"cli-{account}", Key="page.png", Body=png(drawn().image))
    command = [Path(sys.executable).with_name("aws"), "textract", "detect-document-text"]
    place = f"S3Object={{Bucket=cli-{account},Name=page.png}}"

    done = subprocess.run(
        [*command, "--document", place], capture_output=True, text=True, check=True
    )

    blocks = json.loads(done.stdout)["Blocks"]
    assert next(b["Text"] for b in blocks if b["BlockType"] == "LINE") == SENTENCE
