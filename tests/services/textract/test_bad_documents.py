"""Documents that cannot be read, at once and in the background: each gets Textract's own error."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from outcrop.services.textract.async_jobs import MOST_PAGES
from tests.documents import pdf_of
from tests.pages import png
from tests.services.textract.test_jobs import at, ended, lines, pdf, tiff
from tests.small_weights import small_weights

Client = Callable[..., Any]
SYNCHRONOUS_BYTES = 10 << 20


@pytest.fixture(autouse=True, scope="module")
def weights() -> None:
    small_weights()


def locked_pdf() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, encrypt=StandardEncryption("secret", ownerPassword="owner"))
    canvas.drawString(60, 700, "nobody reads this")
    canvas.save()
    return file.getvalue()


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("page.png", b"0" * 1000)
    return file.getvalue()


def packed_tiff(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, "TIFF", compression="group4")
    return file.getvalue()


UNSUPPORTED = "UnsupportedDocumentException"
BAD = "BadDocumentException"
TOO_LARGE = "DocumentTooLargeException"
DOCUMENTS = [
    pytest.param(archive(), UNSUPPORTED, id="a zip"),
    pytest.param(b"GIF89a" + bytes(100), UNSUPPORTED, id="a GIF"),
    pytest.param(locked_pdf(), UNSUPPORTED, id="a PDF with a password"),
    pytest.param(pdf(["one"])[:300], BAD, id="half a PDF"),
    pytest.param(tiff("one sheet")[:500], BAD, id="half a TIFF"),
    pytest.param(png(Image.new("RGB", (400, 300)))[:200], BAD, id="half a PNG"),
    pytest.param(b"\x89PNG\r\n\x1a\n" + archive(), BAD, id="a zip with the mark of a PNG"),
    pytest.param(png(Image.new("1", (20_000, 20_000))), TOO_LARGE, id="a PNG of many pixels"),
    pytest.param(packed_tiff(20_000, 20_000), TOO_LARGE, id="a TIFF of many pixels"),
]


@pytest.mark.parametrize(("content", "code"), DOCUMENTS)
def test_every_operation_refuses_it(client: Client, content: bytes, code: str):
    textract = client("textract")
    document = {"Bytes": content}
    asks: list[Callable[[], Any]] = [
        lambda: textract.detect_document_text(Document=document),
        lambda: textract.analyze_document(Document=document, FeatureTypes=["FORMS"]),
        lambda: textract.analyze_expense(Document=document),
        lambda: textract.analyze_id(DocumentPages=[document]),
    ]

    codes: list[str] = []
    for ask in asks:
        with pytest.raises(ClientError) as caught:
            ask()
        codes.append(caught.value.response["Error"]["Code"])

    assert codes == [code] * len(asks)


@pytest.mark.parametrize(("content", "code"), DOCUMENTS)
def test_its_job_fails_and_leaves_nothing(client: Client, bucket: str, content: bytes, code: str):
    del code  # The job has no room for one.
    s3, textract = client("s3"), client("textract")
    s3.put_object(Bucket=bucket, Key="a", Body=content)

    job = textract.start_document_text_detection(
        DocumentLocation=at(bucket, "a"), OutputConfig={"S3Bucket": bucket, "S3Prefix": "out"}
    )["JobId"]
    answer = ended(textract.get_document_text_detection, job)

    assert answer["JobStatus"] == "FAILED"
    assert answer["StatusMessage"]
    assert s3.list_objects_v2(Bucket=bucket, Prefix="out")["KeyCount"] == 0


def test_one_of_bytes_and_an_object_is_given(client: Client, bucket: str):
    textract, content = client("textract"), pdf(["text"])
    client("s3").put_object(Bucket=bucket, Key="a.pdf", Body=content)

    for document in ({"Bytes": content, **at(bucket, "a.pdf")}, {}):
        with pytest.raises(ClientError) as caught:
            textract.detect_document_text(Document=document)

        assert caught.value.response["Error"] == {
            "Code": "InvalidParameterException",
            "Message": "Request has invalid parameters",
        }


def test_more_bytes_than_at_once_are_read(client: Client, bucket: str):
    large = b"%PDF-1.7" + bytes(SYNCHRONOUS_BYTES)
    client("s3").put_object(Bucket=bucket, Key="large.pdf", Body=large)

    codes: list[str] = []
    for document in ({"Bytes": large}, at(bucket, "large.pdf")):
        with pytest.raises(ClientError) as caught:
            client("textract").detect_document_text(Document=document)
        codes.append(caught.value.response["Error"]["Code"])

    # What a request itself may hold, the service model says.
    assert codes == ["ValidationException", "DocumentTooLargeException"]


def test_more_pages_than_a_job_reads(client: Client, bucket: str):
    client("s3").put_object(Bucket=bucket, Key="a.pdf", Body=pdf_of(*[""] * (MOST_PAGES + 1)))
    textract = client("textract")

    job = textract.start_document_text_detection(DocumentLocation=at(bucket, "a.pdf"))["JobId"]

    assert ended(textract.get_document_text_detection, job)["StatusMessage"] == (
        f"The document has {MOST_PAGES + 1} pages; at most {MOST_PAGES} are read."
    )


def test_a_page_that_cannot_be_read_is_told(client: Client, bucket: str):
    good, large = tiff("Readable sheet"), Image.new("1", (20_000, 20_000))
    file = io.BytesIO()
    Image.open(io.BytesIO(good)).save(file, "TIFF", save_all=True, append_images=[large])
    client("s3").put_object(Bucket=bucket, Key="a.tiff", Body=file.getvalue())
    textract = client("textract")

    job = textract.start_document_text_detection(DocumentLocation=at(bucket, "a.tiff"))["JobId"]
    answer = ended(textract.get_document_text_detection, job)

    assert answer["JobStatus"] == "PARTIAL_SUCCESS"
    assert answer["Warnings"] == [{"ErrorCode": "UNREADABLE_PAGE", "Pages": [2]}]
    assert lines(answer) == [(1, "Readable sheet")]


def test_a_version_of_an_object_that_is_not_there(client: Client, bucket: str):
    client("s3").put_object(Bucket=bucket, Key="a.pdf", Body=pdf(["one"]))
    place = {"Bucket": bucket, "Name": "a.pdf", "Version": "none"}

    with pytest.raises(ClientError, match="InvalidS3ObjectException"):
        client("textract").detect_document_text(Document={"S3Object": place})
    with pytest.raises(ClientError, match="InvalidS3ObjectException"):
        client("textract").start_lending_analysis(DocumentLocation={"S3Object": place})
