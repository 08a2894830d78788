"""Questions that are asked of pages that are not there, too many of them, and of people."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.pages import png
from tests.services.textract import papers
from tests.services.textract.test_jobs import at, ended, pdf
from tests.small_weights import small_weights

Client = Callable[..., Any]


@pytest.fixture(autouse=True, scope="module")
def weights() -> None:
    small_weights()


def analyze(client: Client, **request: Any) -> Any:
    page = {"Bytes": png(papers.form().image)}
    return client("textract").analyze_document(Document=page, **request)


def asked(*queries: list[str]) -> dict[str, Any]:
    """Return a request of as many queries, each with its pages."""
    config = {"Queries": [{"Text": "What is the name?", "Pages": pages} for pages in queries]}
    return {"FeatureTypes": ["QUERIES"], "QueriesConfig": config}


@pytest.mark.parametrize("pages", [["*", "1"], ["0"], ["3-1"], ["1-"], ["-1"], ["2"], ["1-2"]])
def test_pages_that_cannot_be_asked(client: Client, pages: list[str]):
    with pytest.raises(ClientError, match="InvalidParameterException"):
        analyze(client, **asked(pages))


def test_a_page_that_is_not_there_is_named(client: Client):
    with pytest.raises(ClientError, match="QueriesConfig asks page 2"):
        analyze(client, **asked(["1-2"]))


def test_more_queries_than_a_page_may_have(client: Client):
    with pytest.raises(ClientError, match="at most 15"):
        analyze(client, **asked(*[["1"]] * 16))


def test_a_job_warns_of_pages_that_are_not_there(client: Client, account: str):
    s3, textract, bucket = client("s3"), client("textract"), f"queries-{account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a.pdf", Body=pdf(["First"], ["Second"]))

    # Fifty queries are not too many: no page is asked more than 25 of them.
    job = textract.start_document_analysis(
        DocumentLocation=at(bucket, "a.pdf"), **asked(*[["7"], ["3-*"]] * 25)
    )
    answer = ended(textract.get_document_analysis, job["JobId"])

    assert answer["JobStatus"] == "PARTIAL_SUCCESS"
    assert answer["Warnings"] == [{"ErrorCode": "INVALID_REQUEST_PARAMETERS", "Pages": [3, 7]}]
    assert answer["DocumentMetadata"] == {"Pages": 2}


def test_nobody_reviews_documents(client: Client):
    flow = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/flow"
    loop = {"HumanLoopName": "loop", "FlowDefinitionArn": flow}

    with pytest.raises(ClientError, match="InvalidParameterException"):
        analyze(client, FeatureTypes=["FORMS"], HumanLoopConfig=loop)
