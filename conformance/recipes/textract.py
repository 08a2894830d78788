"""A small page with a line of text, in a bucket, too, and jobs over it."""

import io
import time
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from conformance.calls import Client, account_in_force
from conformance.recipes import Recipe


def picture() -> bytes:
    """Return a page as a PNG file."""
    image = Image.new("RGB", (320, 100), "white")
    font = ImageFont.load_default(28)
    ImageDraw.Draw(image).text((20, 30), "Total: 42", fill="black", font=font)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


PAGE = picture()
OF_ADAPTERS = (
    *("GetAdapter", "UpdateAdapter", "DeleteAdapter"),
    *("TagResource", "UntagResource", "ListTagsForResource"),
    *("CreateAdapterVersion", "GetAdapterVersion", "ListAdapterVersions", "DeleteAdapterVersion"),
)
OF_JOBS = ("GetDocument", "GetExpense", "GetLending")


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Give the page as bytes and in a bucket, what is looked for, and a job that has ended."""
    bucket = _bucket()
    given: dict[str, Any] = {
        "Document": {"Bytes": PAGE},
        "DocumentPages": [{"Bytes": PAGE}],
        "DocumentLocation": {"S3Object": {"Bucket": bucket, "Name": "page.png"}},
        "FeatureTypes": ["TABLES", "FORMS", "LAYOUT"],
        "OutputConfig": {"S3Bucket": bucket, "S3Prefix": "out"},
    }
    if operation.startswith(("Start", "CreateAdapterVersion", *OF_JOBS)):
        client.of("s3").ask("CreateBucket", Bucket=bucket)
        client.of("s3").ask("PutObject", Bucket=bucket, Key="page.png", Body=PAGE)
    if operation.startswith(OF_JOBS):
        given["JobId"] = _job(client, operation)
    if operation in OF_ADAPTERS:
        adapter = client.ask("CreateAdapter", AdapterName="name", FeatureTypes=["QUERIES"])
        given["AdapterId"] = adapter["AdapterId"]
        given["DatasetConfig"] = {"ManifestS3Object": {"Bucket": bucket, "Name": "page.png"}}
    if operation in ("GetAdapterVersion", "DeleteAdapterVersion"):
        client.of("s3").ask("CreateBucket", Bucket=bucket)
        given |= client.ask(
            "CreateAdapterVersion",
            AdapterId=given["AdapterId"],
            DatasetConfig=given["DatasetConfig"],
            OutputConfig={"S3Bucket": bucket},
        )
    if operation in OF_ADAPTERS:
        arn = f"arn:aws:textract:us-east-1:{account_in_force()}:/adapters/{given['AdapterId']}"
        given |= {"ResourceARN": arn, "TagKeys": ["team"]}
    return given


def _bucket() -> str:
    return f"documents-{account_in_force()}"


def _job(client: Client, operation: str) -> str:
    """Return the id of a job that has ended."""
    begin = operation.replace("Get", "Start", 1).removesuffix("Summary")
    asked: dict[str, Any] = {
        "DocumentLocation": {"S3Object": {"Bucket": _bucket(), "Name": "page.png"}}
    }
    if operation == "GetDocumentAnalysis":
        asked["FeatureTypes"] = ["FORMS"]
    job: str = client.ask(begin, **asked)["JobId"]
    while client.ask(operation, JobId=job)["JobStatus"] == "IN_PROGRESS":
        time.sleep(0.05)
    return job


RECIPE = Recipe(
    prepare=prepare,
    # Questions go with the feature QUERIES, and wait for a chat model. No adapter is active.
    without={"": ("QueriesConfig", "Version", "NextToken", "AdaptersConfig")},
    unavailable=frozenset(("HumanLoopConfig",)),
)
