"""What a training container finds: files below /opt/ml, and environment variables.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
https://docs.aws.amazon.com/sagemaker/latest/dg/docker-container-environmental-variables-user-scripts.html
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from outcrop.jobs.interface import Limits, Mount, Program
from outcrop.jobs.jobs import Jobs
from outcrop.jobs.runtimes import PROGRAMS, Runtime, find_runtime
from outcrop.operations import Call
from outcrop.services.sagemaker.training.places import JobFiles, addresses_of, hosts_of
from outcrop.storage.records.interface import Document

ROOT = "/opt/ml"
FOLDERS = ("input/config", "input/data", "model", "output/data", "checkpoints", "code")
NETWORK_INTERFACE = "lo"
"""The instances of a job are on one machine and speak over its loopback."""
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
GROUP = "homogeneousCluster"
SCRIPT = "sagemaker_program"
"""The hyperparameter that names the user's script."""
GRACE_SECONDS = 120.0
"""From the wish that a job stop to its end.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html
"""


def lay_out(files: JobFiles, job: Document, host: str) -> None:
    """Make the folders and the configuration that one instance finds."""
    root = files.instance(host)
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    request = job["request"]
    for channel in request.get("InputDataConfig", []):
        (root / "input/data" / channel["ChannelName"]).mkdir(exist_ok=True)
    documents: Mapping[str, Any] = {
        "hyperparameters": request.get("HyperParameters", {}),
        "inputdataconfig": {
            channel["ChannelName"]: {
                "ContentType": channel.get("ContentType", ""),
                "TrainingInputMode": "File",
                "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                    "S3DataDistributionType", "FullyReplicated"
                ),
                "RecordWrapperType": channel.get("RecordWrapperType", "None"),
            }
            for channel in request.get("InputDataConfig", [])
        },
        "resourceconfig": _resources(job, host),
    }
    for name, document in documents.items():
        path = root / "input/config" / f"{name}.json"
        path.write_text(json.dumps(document), encoding="utf-8")


def program(
    call: Call,
    jobs: Jobs,
    job: Document,
    host: str,
    *,
    files: JobFiles,
    credentials: Mapping[str, str],
) -> Program:
    """Return the program of one instance."""
    request = job["request"]
    runtime = find_runtime(request["AlgorithmSpecification"]["TrainingImage"])
    environment = jobs.runtimes.path(runtime)
    return Program(
        command=command(runtime, request),
        environment={
            **_environment(call, job, host),
            **runtime.environment,
            **credentials,
            **request.get("Environment", {}),
            "PATH": f"{environment}/bin:{SYSTEM_PATH}",
            "PYTHONPATH": _python_path(request),
        },
        directory=ROOT,
        host_name=host,
        hosts=addresses_of(job),
        mounts=[
            Mount(source=environment, target=str(environment), access="private"),
            Mount(source=files.instance(host), target=ROOT, access="write"),
            *_channel_mounts(files, request, host),
        ],
        hidden=jobs.hidden,
        has_network=not request.get("EnableNetworkIsolation", False),
        limits=Limits(
            seconds=float(request["StoppingCondition"]["MaxRuntimeInSeconds"]),
            grace_seconds=GRACE_SECONDS,
        ),
    )


def command(runtime: Runtime, request: Mapping[str, Any]) -> Sequence[str]:
    """Return what an instance runs: the user's script, or what the runtime trains without one."""
    has_script = SCRIPT in request.get("HyperParameters", {})
    return runtime.train if has_script or not runtime.algorithm else runtime.algorithm


def _python_path(request: Mapping[str, Any]) -> str:
    given = request.get("Environment", {}).get("PYTHONPATH", "")
    return os.pathsep.join(filter(None, (given, str(PROGRAMS))))


def _channel_mounts(files: JobFiles, request: Mapping[str, Any], host: str) -> list[Mount]:
    mounts: list[Mount] = []
    for channel in request.get("InputDataConfig", []):
        name = channel["ChannelName"]
        own = files.channel(name, host)
        source: Path = own if own.exists() else files.channel(name)
        mounts.append(Mount(source=source, target=f"{ROOT}/input/data/{name}", access="private"))
    return mounts


def _resources(job: Document, host: str) -> Mapping[str, Any]:
    hosts = hosts_of(job)
    kind = job["request"]["ResourceConfig"]["InstanceType"]
    return {
        "current_host": host,
        "current_instance_type": kind,
        "current_group_name": GROUP,
        "hosts": hosts,
        "instance_groups": [{"instance_group_name": GROUP, "instance_type": kind, "hosts": hosts}],
        "network_interface_name": NETWORK_INTERFACE,
    }


def _environment(call: Call, job: Document, host: str) -> dict[str, str]:
    return {
        "AWS_DEFAULT_REGION": call.region,
        "AWS_ENDPOINT_URL": job["endpoint_url"],
        "AWS_REGION": call.region,
        "CURRENT_HOST": host,
        "GLOO_SOCKET_IFNAME": NETWORK_INTERFACE,
        "HOME": "/tmp",  # noqa: S108 - each program's own
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "TRAINING_JOB_ARN": call.arn(f"training-job/{job['name'].lower()}"),
        "TRAINING_JOB_NAME": job["name"],
    }
