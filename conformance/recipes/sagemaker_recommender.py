"""Recommendations jobs without a payload, which end before anything is started, or with one."""

import io
import tarfile
from collections.abc import Mapping
from typing import Any

from conformance.calls import Client
from conformance.recipes.steps import Maker

JOB = "CreateInferenceRecommendationsJob"
NAMED = (
    "DescribeInferenceRecommendationsJob",
    "ListInferenceRecommendationsJobSteps",
    "StopInferenceRecommendationsJob",
)
VALUES: Mapping[str, Any] = {
    "JobName": "recommendations",
    "JobType": "Default",
    "InputConfig": {
        "ModelName": "model",
        "ContainerConfig": {"PayloadConfig": {"SamplePayloadUrl": "s3://none/payload"}},
    },
    "StoppingConditions": {"MaxInvocations": 100},
}
MAKERS = {
    f"{JOB}.InputConfig": Maker("CreateModel"),
    **{f"{operation}.JobName": Maker(JOB) for operation in NAMED},
}
BEFORE = {"ListInferenceRecommendationsJobs": (JOB,)}


def put_payload(client: Client) -> None:
    """Have a payload, so that a job goes on long enough to be stopped."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as opened:
        entry = tarfile.TarInfo("payload")
        entry.size = 2
        opened.addfile(entry, io.BytesIO(b"{}"))
    client.of("s3").ask("CreateBucket", Bucket="none")
    client.of("s3").ask("PutObject", Bucket="none", Key="payload", Body=archive.getvalue())
