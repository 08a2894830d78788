"""A processing job's outputs, from files to S3: at its end, or while it runs.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingS3Output.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.services.sagemaker.processing.paths import below_root
from outcrop.services.sagemaker.running.files import S3Place
from outcrop.services.sagemaker.running.kind import Work
from outcrop.services.sagemaker.running.left_files import LeftFolder
from outcrop.services.sagemaker.running.uploads import FolderUpload


def s3_outputs(request: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the outputs that are uploaded."""
    outputs = request.get("ProcessingOutputConfig", {}).get("Outputs", [])
    return [one for one in outputs if not one.get("AppManaged")]


def is_continuous(output: Mapping[str, Any]) -> bool:
    """Tell whether an output is uploaded while the job runs."""
    return output["S3Output"]["S3UploadMode"] == "Continuous"


def upload_of(work: Work, host: str, output: Mapping[str, Any]) -> FolderUpload:
    """Return what uploads one output of one instance."""
    target = output["S3Output"]
    folder = LeftFolder(work.files.instance(host), below_root(target["LocalPath"]))
    return FolderUpload(work.call.objects, folder, S3Place.of(target["S3Uri"]))
