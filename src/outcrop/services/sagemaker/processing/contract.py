"""What a processing container finds: files below /opt/ml, and environment variables.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from outcrop.jobs.interface import Program
from outcrop.jobs.runtimes import find_runtime
from outcrop.services.sagemaker.processing.outputs import s3_outputs
from outcrop.services.sagemaker.processing.paths import below_root
from outcrop.services.sagemaker.running.kind import Work
from outcrop.services.sagemaker.running.programs import in_image
from outcrop.services.sagemaker.running.programs import program as program_of

FOLDERS = ("config", "output", "processing/input", "processing/output")


def inputs(request: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the inputs that are downloaded, those that others lie within first."""
    given = [one for one in request.get("ProcessingInputs", []) if not one.get("AppManaged")]
    return sorted(given, key=lambda one: len(Path(one["S3Input"]["LocalPath"]).parts))


def lay_out(work: Work, host: str) -> None:
    """Make the folders and the configuration that one instance finds."""
    root = work.files.instance(host)
    outputs = [below_root(one["S3Output"]["LocalPath"]) for one in s3_outputs(work.request)]
    for folder in (*FOLDERS, *outputs):
        (root / folder).mkdir(parents=True, exist_ok=True)
    documents = {
        "processingjobconfig": _configuration(work),
        "resourceconfig": {"current_host": host, "hosts": list(work.hosts)},
    }
    for name, document in documents.items():
        path = root / "config" / f"{name}.json"
        path.write_text(json.dumps(document), encoding="utf-8")


def program(work: Work, host: str, credentials: Mapping[str, str]) -> Program:
    """Return the program of one instance."""
    app = work.request["AppSpecification"]
    is_isolated = work.request.get("NetworkConfig", {}).get("EnableNetworkIsolation", False)
    program = program_of(
        work,
        host,
        runtime=find_runtime(app["ImageUri"]),
        command=[*app.get("ContainerEntrypoint", []), *app.get("ContainerArguments", [])],
        variables={} if is_isolated else credentials,
        has_network=not is_isolated,
    )
    return in_image(program, app)


def _configuration(work: Work) -> Mapping[str, Any]:
    """Return what the job is made of, as its programs may read it."""
    request = work.request
    app = request["AppSpecification"]
    return {
        "ProcessingJobArn": work.call.arn(f"processing-job/{work.job['name'].lower()}"),
        "ProcessingJobName": work.job["name"],
        "AppSpecification": {
            "ImageUri": app["ImageUri"],
            "ContainerEntrypoint": app.get("ContainerEntrypoint"),
            "ContainerArguments": app.get("ContainerArguments"),
        },
        "Environment": request.get("Environment", {}),
        "ProcessingInputs": request.get("ProcessingInputs", []),
        "ProcessingOutputConfig": {
            "Outputs": [],
            "KmsKeyId": None,
            **request.get("ProcessingOutputConfig", {}),
        },
        "ProcessingResources": request["ProcessingResources"],
        "NetworkConfig": request.get("NetworkConfig"),
        "RoleArn": request["RoleArn"],
        "StoppingCondition": request["StoppingCondition"],
    }
