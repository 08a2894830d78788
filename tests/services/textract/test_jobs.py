"""Start… and Get… over documents of many pages."""

import io
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from reportlab.pdfgen.canvas import Canvas

from tests.pages import Page
from tests.small_weights import small_weights

Client = Callable[..., Any]


@pytest.fixture(autouse=True, scope="module")
def weights() -> None:
    small_weights()


def pdf(*pages: list[str]) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842))
    for lines in pages:
        for row, text in enumerate(lines):
            canvas.drawString(60, 742 - 20 * row, text)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def tiff(*texts: str) -> bytes:
    pages: list[Any] = []
    for text in texts:
        page = Page(700, 160)
        page.write(text, 40, 50)
        pages.append(page.image)
    file = io.BytesIO()
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    return file.getvalue()


def at(bucket: str, key: str) -> dict[str, Any]:
    return {"S3Object": {"Bucket": bucket, "Name": key}}


def ended(ask: Callable[..., Any], job: str, **more: Any) -> Any:
    deadline = time.monotonic() + 120
    while (answer := ask(JobId=job, **more))["JobStatus"] == "IN_PROGRESS":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return answer


def lines(answer: Any) -> list[tuple[int, str]]:
    return [(b["Page"], b["Text"]) for b in answer["Blocks"] if b["BlockType"] == "LINE"]


def test_the_pages_of_a_tiff_are_read(client: Client, bucket: str):
    client("s3").put_object(Bucket=bucket, Key="a.tiff", Body=tiff("First sheet", "Second sheet"))
    textract = client("textract")

    job = textract.start_document_text_detection(DocumentLocation=at(bucket, "a.tiff"))["JobId"]
    answer = ended(textract.get_document_text_detection, job)

    assert answer["DocumentMetadata"] == {"Pages": 2}
    assert lines(answer) == [(1, "First sheet"), (2, "Second sheet")]


def test_blocks_come_page_by_page_and_as_files_of_a_thousand(client: Client, bucket: str):
    pages = [[f"line {row} of page {page}" for row in range(30)] for page in range(8)]
    s3, textract = client("s3"), client("textract")
    s3.put_object(Bucket=bucket, Key="a.pdf", Body=pdf(*pages))
    output = {"S3Bucket": bucket, "S3Prefix": "read/"}

    job = textract.start_document_text_detection(
        DocumentLocation=at(bucket, "a.pdf"), OutputConfig=output
    )["JobId"]
    ended(textract.get_document_text_detection, job)

    found: list[Any] = []
    token: dict[str, str] = {}
    while True:
        answer = textract.get_document_text_detection(JobId=job, MaxResults=700, **token)
        found += answer["Blocks"]
        if "NextToken" not in answer:
            break
        assert len(answer["Blocks"]) == 700
        token = {"NextToken": answer["NextToken"]}
    expected = [(at + 1, text) for at, page in enumerate(pages) for text in page]
    assert lines({"Blocks": found}) == expected
    listed = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket, Prefix="read/")["Contents"]]
    assert listed == [f"read/{job}/.s3_access_check", f"read/{job}/1", f"read/{job}/2"]
    files = [json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in listed[1:]]
    assert [block for file in files for block in file["Blocks"]] == found
    assert files[0]["JobStatus"] == "SUCCEEDED"


def test_the_forms_of_each_page_are_found(client: Client, bucket: str):
    client("s3").put_object(
        Bucket=bucket, Key="a.pdf", Body=pdf(["Name: Ada"], ["Nom : Émilie du Châtelet"])
    )
    textract = client("textract")

    job = textract.start_document_analysis(
        DocumentLocation=at(bucket, "a.pdf"), FeatureTypes=["FORMS"]
    )["JobId"]
    answer = ended(textract.get_document_analysis, job)

    words = {block["Id"]: block.get("Text") for block in answer["Blocks"]}
    values = [
        (block["Page"], " ".join(words[each] for each in block["Relationships"][0]["Ids"]))
        for block in answer["Blocks"]
        if block.get("EntityTypes") == ["VALUE"]
    ]
    assert values == [(1, "Ada"), (2, "Émilie du Châtelet")]


def test_a_token_begins_one_job(client: Client, bucket: str):
    s3, textract = client("s3"), client("textract")
    for key in ("a.pdf", "b.pdf"):
        s3.put_object(Bucket=bucket, Key=key, Body=pdf(["text"]))

    jobs = {
        textract.start_document_text_detection(
            DocumentLocation=at(bucket, "a.pdf"), ClientRequestToken="once"
        )["JobId"]
        for _ in range(2)
    }

    assert len(jobs) == 1
    with pytest.raises(ClientError, match="IdempotentParameterMismatchException"):
        textract.start_document_text_detection(
            DocumentLocation=at(bucket, "b.pdf"), ClientRequestToken="once"
        )


def test_a_document_that_is_none_fails_its_job(client: Client, bucket: str):
    client("s3").put_object(Bucket=bucket, Key="a.pdf", Body=b"no document at all")
    textract = client("textract")

    job = textract.start_document_text_detection(DocumentLocation=at(bucket, "a.pdf"))["JobId"]
    answer = ended(textract.get_document_text_detection, job)

    assert answer["JobStatus"] == "FAILED"
    assert answer["StatusMessage"] == "It is no PDF, TIFF, JPEG or PNG file."


def test_jobs_that_are_not_there(client: Client, bucket: str):
    textract = client("textract")
    client("s3").put_object(Bucket=bucket, Key="a.pdf", Body=pdf(["text"]))
    job = textract.start_document_text_detection(DocumentLocation=at(bucket, "a.pdf"))["JobId"]

    with pytest.raises(ClientError, match="InvalidJobIdException"):
        textract.get_document_analysis(JobId=job)
    with pytest.raises(ClientError, match="InvalidS3ObjectException"):
        textract.start_document_text_detection(DocumentLocation=at(bucket, "none"))
    with pytest.raises(ClientError, match="InvalidS3ObjectException"):
        textract.start_document_text_detection(
            DocumentLocation=at(bucket, "a.pdf"), OutputConfig={"S3Bucket": f"no-{bucket}"}
        )
    ended(textract.get_document_text_detection, job)
    with pytest.raises(ClientError, match="InvalidParameterException"):
        textract.get_document_text_detection(JobId=job, NextToken="nonsense")


def test_five_hundred_pages_of_a_pdf(client: Client, bucket: str):
    client("s3").put_object(
        Bucket=bucket, Key="a.pdf", Body=pdf(*([f"page {number}"] for number in range(1, 501)))
    )
    textract = client("textract")

    job = textract.start_document_text_detection(DocumentLocation=at(bucket, "a.pdf"))["JobId"]
    answer = ended(textract.get_document_text_detection, job)

    assert answer["DocumentMetadata"] == {"Pages": 500}
    assert lines(answer)[249] == (250, "page 250")
    with pytest.raises(ClientError, match="it has 500 pages"):
        textract.detect_document_text(Document=at(bucket, "a.pdf"))
