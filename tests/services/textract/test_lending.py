"""Analyze Lending: pages of several kinds in one document."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop.services.textract.lending import summary
from tests.services.textract import papers
from tests.services.textract.test_expenses import summary as expense_summary
from tests.services.textract.test_jobs import at, ended
from tests.small_weights import small_weights

Client = Callable[..., Any]


@pytest.fixture(autouse=True, scope="module")
def weights() -> None:
    small_weights()


def packet() -> bytes:
    first, *others = (
        each.image
        for each in (
            papers.receipt(),
            papers.passport(),
            papers.wage_statement(),
            papers.two_columns(),
        )
    )
    file = io.BytesIO()
    first.save(file, "TIFF", save_all=True, append_images=others)
    return file.getvalue()


def kinds(results: Any) -> list[str]:
    return [result["PageClassification"]["PageType"][0]["Value"] for result in results]


def test_each_page_is_read_as_what_it_is(client: Client, account: str):
    s3, textract, bucket = client("s3"), client("textract"), f"lending-{account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a.tiff", Body=packet())

    job = textract.start_lending_analysis(
        DocumentLocation=at(bucket, "a.tiff"), OutputConfig={"S3Bucket": bucket, "S3Prefix": "out"}
    )["JobId"]
    answer = ended(textract.get_lending_analysis, job)

    results = answer["Results"]
    assert kinds(results) == ["INVOICES", "IDENTITY_DOCUMENT", "W_2", "UNCLASSIFIED"]
    numbers = [result["PageClassification"]["PageNumber"][0]["Value"] for result in results]
    assert numbers == ["undetected", "undetected", "3", "undetected"]
    invoice, passport, wages = (result["Extractions"][0] for result in results[:3])
    assert expense_summary(invoice["ExpenseDocument"])["INVOICE_RECEIPT_ID"] == "2024-881"
    facts = {
        field["Type"]["Text"]: field["ValueDetection"]["Text"]
        for field in passport["IdentityDocument"]["IdentityDocumentFields"]
    }
    assert (facts["LAST_NAME"], facts["ID_TYPE"]) == ("ERIKSSON", "PASSPORT")
    fields = {
        field["KeyDetection"]["Text"]: [
            value.get("Text", value.get("SelectionStatus")) for value in field["ValueDetections"]
        ]
        for field in wages["LendingDocument"]["LendingFields"]
    }
    expected = {label: [value] for label, value in papers.WAGES.items()}
    assert fields == {**expected, "Retirement plan": ["SELECTED"]}
    assert results[3]["Extractions"] == []
    told = textract.get_lending_analysis_summary(JobId=job)["Summary"]
    assert [(each["Type"], each["SplitDocuments"]) for each in told["DocumentGroups"]] == [
        (kind, [{"Index": 1, "Pages": [page]}]) for page, kind in enumerate(kinds(results), start=1)
    ]
    assert "RECEIPTS" in told["UndetectedDocumentTypes"]
    written = json.loads(s3.get_object(Bucket=bucket, Key=f"out/{job}/1")["Body"].read())
    assert written["Results"] == results
    one = textract.get_lending_analysis(JobId=job, MaxResults=1)
    rest = textract.get_lending_analysis(JobId=job, NextToken=one["NextToken"])
    assert one["Results"] + rest["Results"] == results


def test_pages_in_a_row_are_one_document():
    told = summary([[1, "W_2"], [2, "W_2"], [3, "INVOICES"], [4, "W_2"]])

    assert told["DocumentGroups"] == [
        {
            "Type": "W_2",
            "SplitDocuments": [{"Index": 1, "Pages": [1, 2]}, {"Index": 2, "Pages": [4]}],
        },
        {"Type": "INVOICES", "SplitDocuments": [{"Index": 1, "Pages": [3]}]},
    ]
    assert not {"W_2", "INVOICES"} & set(told["UndetectedDocumentTypes"])


def test_jobs_that_are_not_there(client: Client):
    with pytest.raises(ClientError, match="InvalidJobIdException"):
        client("textract").get_lending_analysis_summary(JobId="none")
