"""Jobs by custom models read PDF, Word and pictures in S3, and tell what is on each page."""

import io
import json
import tarfile
from collections.abc import Callable
from typing import Any

import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from outcrop import LocalServer
from tests.documents import docx_of, pdf_of
from tests.pages import Page, png
from tests.services.comprehend.conftest import ended, places, results, written
from tests.services.comprehend.subjects import two_subjects
from tests.services.comprehend.test_recognizers import create as create_recognizer
from tests.services.comprehend.test_recognizers import put_annotated, recognizer
from tests.services.comprehend.training import classifier, create, table
from tests.services.direct import error_of

ASK = "Ask Nikki Wolf, the engineer, about order CMD-77123."
READER = {"DocumentReadAction": "TEXTRACT_DETECT_DOCUMENT_TEXT"}


def native(bucket: str, **reader: Any) -> dict[str, Any]:
    """Return where a job reads each file as a document, and how."""
    found = places(bucket, "new/", "ONE_DOC_PER_FILE")
    config = {**READER, **reader}
    return {
        **found,
        "InputDataConfig": {**found["InputDataConfig"], "DocumentReaderConfig": config},
    }


def scan(text: str) -> Page:
    """Return a picture of a line."""
    page = Page(1200, 200)
    page.write(text, 40, 60)
    return page


def scanned_last(text: str, scanned: str) -> bytes:
    """Return a PDF of a page with a text layer, an empty one, and a scanned one."""
    file = io.BytesIO()
    canvas = Canvas(file, pageCompression=0)
    canvas.drawString(72, 720, text)
    canvas.showPage()
    canvas.showPage()
    picture = ImageReader(io.BytesIO(png(scan(scanned).image)))
    canvas.drawImage(picture, 20, 500, width=560, height=93)
    canvas.save()
    return file.getvalue()


@pytest.fixture
def files(s3: Any, bucket: str) -> dict[str, bytes]:
    """Documents of every kind, in S3."""
    found = {
        "a.pdf": scanned_last(ASK, ASK.replace("77123", "88456")),
        "b.docx": docx_of([ASK, "Bye."], [["Tea", "2"]]),
        "c.png": png(scan(ASK).image),
        "d.txt": ASK.encode(),
        "e.pdf": pdf_of(*["one"] * 101),
        "f.pdf": b"%PDF-1.4 and nothing more",
        "g.bin": b"RIFF\x00\x00\x00\x00WEBP",
        "h.png": png(scan(ASK).image)[:200],
        "i.docx": b"PK\x03\x04word/document.xml" + b"x" * (5 << 20),
    }
    for name, content in found.items():
        s3.put_object(Bucket=bucket, Key=f"new/{name}", Body=content)
    return found


REFUSED = [
    ("e.pdf", "PAGE_LIMIT_EXCEEDED"),
    ("f.pdf", "INVALID_DOCUMENT"),
    ("g.bin", "UNSUPPORTED_DOC_TYPE"),
    ("i.docx", "DOCUMENT_SIZE_EXCEEDED"),
]


def test_recognizers_find_entities_in_the_blocks_of_pages(
    comprehend: Any, s3: Any, bucket: str, files: dict[str, bytes]
):
    answer = {"Blocks": [{"BlockType": "LINE", "Id": "x", "Text": ASK}]}
    body = json.dumps({**answer, "DocumentMetadata": {"Pages": 1}}).encode()
    s3.put_object(Bucket=bucket, Key="new/j.json", Body=body)
    arn = create_recognizer(comprehend, put_annotated(s3, bucket, "en", 100))
    assert recognizer(comprehend, arn)["Status"] == "TRAINED"

    started = comprehend.start_entities_detection_job(
        LanguageCode="en", EntityRecognizerArn=arn, **native(bucket)
    )
    job = ended(comprehend.describe_entities_detection_job, started["JobId"])
    assert job["JobStatus"] == "COMPLETED", job
    lines = results(s3, job)
    read = [one for one in lines if "ErrorCode" not in one]

    assert [
        (
            one["File"],
            one.get("DocumentType"),
            one.get("DocumentMetadata"),
            [each["Text"] for each in one["Entities"]],
        )
        for one in read
        if "Errors" not in one
    ] == [
        ("a.pdf", "NativePDF", page_of(1, 3), ["Nikki Wolf", "CMD-77123"]),
        ("a.pdf", "ScannedPDF", page_of(2, 3), []),
        ("a.pdf", "ScannedPDF", page_of(3, 3), ["Nikki Wolf", "CMD-88456"]),
        ("b.docx", "MSWord", page_of(1, 1), ["Nikki Wolf", "CMD-77123"]),
        ("c.png", "Image", page_of(1, 1), ["Nikki Wolf", "CMD-77123"]),
        ("d.txt", None, None, ["Nikki Wolf", "CMD-77123"]),
        ("j.json", "TextractDetectDocumentTextJSON", page_of(1, 1), ["Nikki Wolf", "CMD-77123"]),
    ]
    check_blocks(read[2], ASK.replace("77123", "88456"), page=3)
    assert not any("Geometry" in block for block in read[3]["Blocks"])
    text = next(one for one in read if one["File"] == "d.txt")
    assert text["Entities"][0]["BeginOffset"] == ASK.index("Nikki")
    assert "Blocks" not in text
    assert [(one["File"], one["ErrorCode"]) for one in lines if "ErrorCode" in one] == REFUSED
    (bad,) = (one for one in read if "Errors" in one)
    assert (bad["File"], bad["Entities"], bad["Blocks"]) == ("h.png", [], [])
    assert [(one["Page"], one["ErrorCode"]) for one in bad["Errors"]] == [(1, "TEXTRACT_BAD_PAGE")]
    assert job["InputDataConfig"]["DocumentReaderConfig"] == READER


def page_of(number: int, pages: int) -> dict[str, int]:
    return {"PageNumber": number, "Pages": pages}


def check_blocks(result: dict[str, Any], text: str, *, page: int) -> None:
    """Check that the blocks of a page have its line, and its entities stand in them."""
    blocks = {block["Id"]: block for block in result["Blocks"]}
    (line,) = (block for block in blocks.values() if block["BlockType"] == "LINE")
    assert (line["Text"], line["Page"]) == (text, page)
    (related,) = line["Relationships"]
    assert related["type"] == "CHILD"
    assert [blocks[one]["Text"] for one in related["ids"]] == text.split()
    assert all(blocks[one]["Relationships"] == [] for one in related["ids"])
    assert 0 < line["Geometry"]["BoundingBox"]["Width"] < 1
    for entity in result["Entities"]:
        (place,) = entity["BlockReferences"]
        assert place["BlockId"] == line["Id"]
        assert text[place["BeginOffset"] : place["EndOffset"]] == entity["Text"]
        words = [blocks[child["ChildBlockId"]]["Text"] for child in place["ChildBlocks"]]
        assert words[0].startswith(entity["Text"].split()[0])


def test_classifiers_classify_pages(comprehend: Any, s3: Any, bucket: str, files: dict[str, bytes]):
    s3.put_object(Bucket=bucket, Key="train.csv", Body=table(two_subjects(10)))
    thanks = "Thanks, you are wonderful!"
    parcel = "The parcel was left at the depot."
    s3.put_object(Bucket=bucket, Key="new/a.pdf", Body=scanned_last(thanks, parcel))
    s3.put_object(Bucket=bucket, Key="new/b.docx", Body=docx_of([parcel, "Bye."], [["-"]]))
    s3.put_object(Bucket=bucket, Key="new/c.png", Body=png(scan(thanks).image))
    s3.put_object(Bucket=bucket, Key="new/d.txt", Body=parcel.encode())
    arn = create(comprehend, "two", f"s3://{bucket}/train.csv")
    assert classifier(comprehend, arn)["Status"] == "TRAINED"

    started = comprehend.start_document_classification_job(
        DocumentClassifierArn=arn,
        **native(bucket, DocumentReadMode="FORCE_DOCUMENT_READ_ACTION"),
    )
    job = ended(comprehend.describe_document_classification_job, started["JobId"])
    assert job["JobStatus"] == "COMPLETED", job
    content = written(s3, job["OutputDataConfig"]["S3Uri"])
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        member = archive.extractfile("predictions.jsonl")
        assert member is not None
        lines = [json.loads(line) for line in member.read().decode().splitlines()]

    assert [
        (one["File"], one.get("DocumentType"), one["Classes"][0]["Name"])
        for one in lines
        if "Classes" in one
    ] == [
        ("a.pdf", "NativePDF", "PRAISE"),
        ("a.pdf", "ScannedPDF", "SHIPPING"),
        ("b.docx", "MSWord", "SHIPPING"),
        ("c.png", "Image", "PRAISE"),
        ("d.txt", None, "SHIPPING"),
    ]
    assert "Page" not in lines[0]["Classes"][0]
    assert {name: value for name, value in lines[1].items() if name != "Version"} == {
        "File": "a.pdf",
        "DocumentMetadata": page_of(2, 3),
        "DocumentType": "ScannedPDF",
    }
    assert [(one["File"], one["ErrorCode"]) for one in lines if "ErrorCode" in one] == REFUSED


def test_an_analysis_by_textract_needs_to_know_of_what(comprehend: Any, bucket: str, account: str):
    error = error_of(
        comprehend.start_document_classification_job,
        DocumentClassifierArn=f"arn:aws:comprehend:us-east-1:{account}:document-classifier/none",
        **native(bucket, DocumentReadAction="TEXTRACT_ANALYZE_DOCUMENT"),
    )

    assert (error["Code"], error["Message"]) == (
        "InvalidRequestException",
        "FeatureTypes is required if DocumentReadAction is TEXTRACT_ANALYZE_DOCUMENT.",
    )


def test_jobs_over_pages_outlive_a_killed_server(
    own_server: LocalServer, own_client: Callable[[str], Any]
):
    s3 = own_client("s3")
    s3.create_bucket(Bucket="texts")
    arn = create_recognizer(own_client("comprehend"), put_annotated(s3, "texts", "en", 100))
    assert recognizer(own_client("comprehend"), arn)["Status"] == "TRAINED"
    s3.put_object(Bucket="texts", Key="new/a.pdf", Body=pdf_of(*[ASK] * 50))
    started = own_client("comprehend").start_entities_detection_job(
        LanguageCode="en", EntityRecognizerArn=arn, **native("texts")
    )

    own_server.kill()
    own_server.start()
    job = ended(own_client("comprehend").describe_entities_detection_job, started["JobId"])

    assert [
        (one["DocumentMetadata"], [each["Text"] for each in one["Entities"]])
        for one in results(own_client("s3"), job)
    ] == [(page_of(number, 50), ["Nikki Wolf", "CMD-77123"]) for number in range(1, 51)]
