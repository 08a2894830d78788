"""Where the archives of a training job go.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputDataConfig.html
"""

from outcrop.services.sagemaker.running.files import S3Place
from outcrop.storage.records.interface import Document

MODEL, OUTPUT = "model.tar.gz", "output.tar.gz"


def output_place(job: Document) -> S3Place:
    """Return where a job's archives go."""
    root = S3Place.of(job["request"]["OutputDataConfig"]["S3OutputPath"])
    return S3Place(root.bucket, root.key(job["name"], "output"))


def is_packed(job: Document) -> bool:
    """Tell whether a job's model is an archive, or as many objects as it has files."""
    return job["request"]["OutputDataConfig"].get("CompressionType", "GZIP") == "GZIP"


def model_uri(job: Document) -> str:
    """Return where a job's model lies once it has ended."""
    place = output_place(job)
    return place.uri(MODEL) if is_packed(job) else f"{place.uri('model')}/"
