"""What a training container finds: files below /opt/ml, and environment variables.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
https://docs.aws.amazon.com/sagemaker/latest/dg/docker-container-environmental-variables-user-scripts.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from outcrop.jobs.interface import Mount, Program
from outcrop.jobs.runtimes import Runtime, find_runtime
from outcrop.services.sagemaker.running.kind import Work
from outcrop.services.sagemaker.running.programs import NETWORK_INTERFACE, ROOT, in_image
from outcrop.services.sagemaker.running.programs import program as program_of
from outcrop.services.sagemaker.training.modes import PIPE, Mode, mode_of
from outcrop.services.sagemaker.training.pool_caches import CACHE, CACHE_VARIABLE, cache_of

FOLDERS = ("input/config", "input/data", "model", "output/data", "checkpoints", "code")
GROUP = "homogeneousCluster"
SCRIPT = "sagemaker_program"
"""The hyperparameter that names the user's script."""


def lay_out(work: Work, host: str) -> None:
    """Make the folders and the configuration that one instance finds."""
    root = work.files.instance(host)
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    channels: Sequence[Mapping[str, Any]] = work.request.get("InputDataConfig", [])
    for channel in _file_channels(work):
        (root / "input/data" / channel["ChannelName"]).mkdir(exist_ok=True)
    if (cache := cache_of(work, host)) is not None:
        cache.mkdir(parents=True, exist_ok=True)
        (root / CACHE).mkdir(parents=True, exist_ok=True)
    documents: Mapping[str, Any] = {
        "hyperparameters": work.request.get("HyperParameters", {}),
        "inputdataconfig": {
            channel["ChannelName"]: _told(channel, mode_of(channel, work.request))
            for channel in channels
        },
        "resourceconfig": _resources(work, host),
    }
    for name, document in documents.items():
        path = root / "input/config" / f"{name}.json"
        path.write_text(json.dumps(document), encoding="utf-8")


def program(work: Work, host: str, credentials: Mapping[str, str]) -> Program:
    """Return the program of one instance."""
    runtime = find_runtime(work.request["AlgorithmSpecification"]["TrainingImage"])
    name, cache = work.job["name"], cache_of(work, host)
    is_isolated = work.request.get("EnableNetworkIsolation", False)
    whole = program_of(
        work,
        host,
        runtime=runtime,
        command=command(runtime, work.request),
        variables={
            "TRAINING_JOB_ARN": work.call.arn(f"training-job/{name.lower()}"),
            "TRAINING_JOB_NAME": name,
            **({} if is_isolated else credentials),
            **({} if cache is None else {CACHE_VARIABLE: f"{ROOT}/{CACHE}"}),
        },
        has_network=not is_isolated,
    )
    mounts = [*whole.mounts, *_channel_mounts(work, host)]
    if cache is not None:
        mounts.append(Mount(source=cache, target=f"{ROOT}/{CACHE}", access="write"))
    algorithm = work.request["AlgorithmSpecification"]
    return in_image(replace(whole, mounts=mounts), algorithm, usual=("train",))


def command(runtime: Runtime, request: Mapping[str, Any]) -> Sequence[str]:
    """Return what an instance runs.

    What the request gives as the container's command, else the user's script, else what the runtime
    trains without one.
    """
    algorithm: Mapping[str, Any] = request["AlgorithmSpecification"]
    given = [*algorithm.get("ContainerEntrypoint", []), *algorithm.get("ContainerArguments", [])]
    if given:
        return given
    return runtime.algorithm if _is_algorithm(runtime, request) else runtime.train


def with_metrics(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a checked request with the metrics that its algorithm is known to print.

    As with AWS's own algorithms, DescribeTrainingJob tells them.
    """
    algorithm: Mapping[str, Any] = request["AlgorithmSpecification"]
    runtime = find_runtime(algorithm["TrainingImage"])
    if algorithm.get("MetricDefinitions") or not _is_algorithm(runtime, request):
        return request
    metrics = [{"Name": name, "Regex": it} for name, it in runtime.algorithm_metrics.items()]
    return {**request, "AlgorithmSpecification": {**algorithm, "MetricDefinitions": metrics}}


def _is_algorithm(runtime: Runtime, request: Mapping[str, Any]) -> bool:
    """Tell whether a runtime is to train with its own algorithm, for want of a script."""
    algorithm: Mapping[str, Any] = request["AlgorithmSpecification"]
    has_command = "ContainerEntrypoint" in algorithm or "ContainerArguments" in algorithm
    has_script = SCRIPT in request.get("HyperParameters", {})
    return bool(runtime.algorithm) and not has_command and not has_script


def _file_channels(work: Work) -> Sequence[Mapping[str, Any]]:
    given: Sequence[Mapping[str, Any]] = work.request.get("InputDataConfig", [])
    return [channel for channel in given if mode_of(channel, work.request) != PIPE]


def _told(channel: Mapping[str, Any], mode: Mode) -> Mapping[str, Any]:
    source = channel["DataSource"]["S3DataSource"]
    return {
        "ContentType": channel.get("ContentType", ""),
        # Programs need not know of FastFile: they find files.
        "TrainingInputMode": PIPE if mode == PIPE else "File",
        "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
        "RecordWrapperType": channel.get("RecordWrapperType", "None"),
    }


def _channel_mounts(work: Work, host: str) -> list[Mount]:
    mounts: list[Mount] = []
    for channel in _file_channels(work):
        name = channel["ChannelName"]
        own = work.files.channel(name, host)
        source = own if own.exists() else work.files.channel(name)
        mounts.append(Mount(source=source, target=f"{ROOT}/input/data/{name}", access="private"))
    return mounts


def _resources(work: Work, host: str) -> Mapping[str, Any]:
    kind = work.instances.type
    hosts = list(work.hosts)
    return {
        "current_host": host,
        "current_instance_type": kind,
        "current_group_name": GROUP,
        "hosts": hosts,
        "instance_groups": [{"instance_group_name": GROUP, "instance_type": kind, "hosts": hosts}],
        "network_interface_name": NETWORK_INTERFACE,
    }
