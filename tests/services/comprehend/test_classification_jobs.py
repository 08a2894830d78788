"""Jobs classify documents in S3 by a trained classifier, and write AWS's file."""

import io
import json
import tarfile
from typing import Any

import pytest

from tests.services.comprehend.conftest import ended, places, written
from tests.services.comprehend.subjects import two_subjects
from tests.services.comprehend.training import classifier, create, table
from tests.services.direct import error_of


@pytest.fixture
def trained(comprehend: Any, s3: Any, bucket: str) -> str:
    """A classifier of two labels: its ARN."""
    s3.put_object(Bucket=bucket, Key="train.csv", Body=table(two_subjects(10)))
    arn = create(comprehend, "two", f"s3://{bucket}/train.csv")
    assert classifier(comprehend, arn)["Status"] == "TRAINED"
    return arn


def test_each_line_is_classified(comprehend: Any, s3: Any, bucket: str, account: str, trained: str):
    text = "The parcel was left at the depot.\n\nThanks, you are wonderful!\n"
    s3.put_object(Bucket=bucket, Key="in/a.txt", Body=text.encode())

    started = comprehend.start_document_classification_job(
        JobName="sort", DocumentClassifierArn=trained, **places(bucket, "in/")
    )
    job = ended(comprehend.describe_document_classification_job, started["JobId"])
    listed = comprehend.list_document_classification_jobs(Filter={"JobName": "sort"})

    assert started["DocumentClassifierArn"] == trained
    assert (job["JobStatus"], job["DocumentClassifierArn"]) == ("COMPLETED", trained)
    uri = job["OutputDataConfig"]["S3Uri"]
    assert uri == f"s3://{bucket}/out/{account}-CLN-{job['JobId']}/output/output.tar.gz"
    with tarfile.open(fileobj=io.BytesIO(written(s3, uri)), mode="r:gz") as archive:
        member = archive.extractfile("predictions.jsonl")
        assert member is not None
        lines = [json.loads(line) for line in member.read().decode().splitlines()]
    assert [(one["File"], one["Line"], one["Classes"][0]["Name"]) for one in lines] == [
        ("a.txt", "0", "SHIPPING"),
        ("a.txt", "2", "PRAISE"),
    ]
    assert [one["JobId"] for one in listed["DocumentClassificationJobPropertiesList"]] == [
        job["JobId"]
    ]


def test_a_job_needs_a_classifier_that_is_trained(comprehend: Any, bucket: str, account: str):
    start = comprehend.start_document_classification_job
    arn = f"arn:aws:comprehend:us-east-1:{account}:document-classifier/none"

    neither = error_of(start, **places(bucket, "in/"))
    unknown = error_of(start, DocumentClassifierArn=arn, **places(bucket, "in/"))

    assert neither["Code"] == "InvalidRequestException"
    assert unknown["Code"] == "ResourceNotFoundException"
