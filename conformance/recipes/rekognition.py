"""A portrait, and a collection with its face and a user."""

import functools
import io
import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from PIL import Image

from conformance.calls import Client, account_in_force
from conformance.recipes import Recipe, rekognition_models
from conformance.recipes.steps import Maker, Steps
from tests.photographs import photograph

COLLECTION = "celebrities"
"""That by whose faces celebrities are recognised."""


@functools.cache
def portrait() -> bytes:
    """Return a small JPEG file with one face."""
    file = io.BytesIO()
    image = Image.open(io.BytesIO(photograph("astronaut.png"))).convert("RGB")
    image.crop((100, 0, 356, 256)).save(file, "JPEG", quality=90)
    return file.getvalue()


@functools.cache
def film() -> bytes:
    """Return an MP4 file that shows the portrait for a second."""
    with tempfile.TemporaryDirectory() as folder:
        picture, target = Path(folder) / "a.jpg", Path(folder) / "a.mp4"
        picture.write_bytes(portrait())
        program = imageio_ffmpeg.get_ffmpeg_exe()
        given = ["-loop", "1", "-t", "1", "-i", str(picture)]
        made = ["-r", "2", "-pix_fmt", "yuv420p", str(target)]
        subprocess.run([program, "-loglevel", "error", *given, *made], check=True)
        return target.read_bytes()


def values(account: str) -> Mapping[str, Any]:
    """Return the portrait, and the names of what is made with it."""
    image = {"Bytes": portrait()}
    return {
        "Attributes": ["ALL"],
        "Changes": {"GroundTruth": LINE},
        "CollectionId": COLLECTION,
        "DetectionAttributes": ["ALL"],
        "ExternalImageId": "Eileen_Collins",
        "Features": ["GENERAL_LABELS", "IMAGE_PROPERTIES"],
        "Filters": {"WordFilter": {"MinConfidence": 50.0}},
        "Image": image,
        "ResourceArn": f"arn:aws:rekognition:us-east-1:{account}:collection/{COLLECTION}",
        "PolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [COPIES]}),
        "SourceImage": image,
        "Tags": {"team": "blue"},
        "TagKeys": ["team"],
        "TargetImage": image,
        "UserId": "somebody",
        "StartMediaAnalysisJob.Input": {
            "S3Object": {"Bucket": f"films-{account}", "Name": "manifest.jsonl"}
        },
        "StartMediaAnalysisJob.OperationsConfig": {"DetectModerationLabels": {"MinConfidence": 1}},
        "StartMediaAnalysisJob.OutputConfig": {"S3Bucket": f"films-{account}"},
        "Video": {"S3Object": {"Bucket": f"films-{account}", "Name": "film.mp4"}},
    }


LINE = b"""{"source-ref": "s3://images/cat.png", "kind": 1, "kind-metadata": {"class-name": "cat",
 "confidence": 1, "human-annotated": "yes", "creation-date": "2026-03-03T14:35:00.000",
 "type": "groundtruth/image-classification"}}""".replace(b"\n", b"")
COPIES = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "rekognition:CopyProjectVersion",
    "Resource": "*",
}
FACE_ID = "FaceRecords.0.Face.FaceId"
FILMED = (
    "CelebrityRecognition",
    "ContentModeration",
    "FaceDetection",
    "FaceSearch",
    "LabelDetection",
    "SegmentDetection",
    "TextDetection",
)
"""What is looked for in films: `StartFaceSearch`, `GetFaceSearch`."""

STEPS = Steps(
    values=values,
    makers={
        "CollectionId": Maker("CreateCollection"),
        "DatasetArn": Maker("CreateDataset", "DatasetArn"),
        "GetMediaAnalysisJob.JobId": Maker("StartMediaAnalysisJob", "JobId"),
        "GetCelebrityInfo.Id": Maker("RecognizeCelebrities", "CelebrityFaces.0.Id"),
        "FaceId": Maker("IndexFaces", FACE_ID),
        "FaceIds": Maker("IndexFaces", FACE_ID, is_listed=True),
        **{f"Get{what}.JobId": Maker(f"Start{what}", "JobId") for what in FILMED},
        "DeleteProjectPolicy.PolicyName": Maker("PutProjectPolicy"),
        "DeleteProjectPolicy.PolicyRevisionId": Maker("PutProjectPolicy", "PolicyRevisionId"),
        "ProjectArn": Maker("CreateProject", "ProjectArn"),
        "ResourceArn": Maker("CreateCollection"),
        "UserId": Maker("CreateUser"),
    },
    before={
        "DisassociateFaces": ("AssociateFaces",),
        "RecognizeCelebrities": ("IndexFaces",),
    },
    needed={"IndexFaces": ("ExternalImageId",)},
)


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Put film and manifest into a bucket where they are looked at, then go the steps."""
    if operation.removeprefix("Start").removeprefix("Get") in (*FILMED, "MediaAnalysisJob"):
        s3, bucket = client.of("s3"), f"films-{account_in_force()}"
        s3.ask("CreateBucket", Bucket=bucket)
        s3.ask("PutObject", Bucket=bucket, Key="film.mp4", Body=film())
        source = json.dumps({"source-ref": f"s3://{bucket}/film.mp4"}).encode()
        s3.ask("PutObject", Bucket=bucket, Key="manifest.jsonl", Body=source)
    if operation in rekognition_models.USED or operation in rekognition_models.TRAINED:
        return rekognition_models.prepare(client, operation)
    if operation == "DistributeDatasetEntries":
        project = client.ask("CreateProject", ProjectName="cats")["ProjectArn"]
        made = [
            client.ask("CreateDataset", ProjectArn=project, DatasetType=kind)
            for kind in ("TRAIN", "TEST")
        ]
        return {"Datasets": [{"Arn": dataset["DatasetArn"]} for dataset in made]}
    return STEPS(client, operation)


RECIPE = Recipe(
    prepare=prepare,
    needed={"SearchUsers": ("UserId",)},
    without={
        "": ("NextToken",),
        "CreateProject": ("AutoUpdate", "Feature"),
        "CreateProjectVersion": ("FeatureConfig", "TestingData", "TrainingData"),
        "DetectModerationLabels": ("HumanLoopConfig", "ProjectVersion"),
        "PutProjectPolicy": ("PolicyRevisionId",),
        "SearchUsers": ("FaceId",),
    },
)
