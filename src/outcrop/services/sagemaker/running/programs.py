"""What the programs of all kinds of jobs find: their runtime, a network, the role's credentials.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from outcrop.jobs.host import this_host
from outcrop.jobs.interface import Limits, Mount, Program
from outcrop.jobs.runtimes import PROGRAMS, Runtime
from outcrop.services.sagemaker.mlflow.location import ROOT as MLFLOW_ROOT
from outcrop.services.sagemaker.running.gpus import share_of_gpus
from outcrop.services.sagemaker.running.instance_types import GIB, share
from outcrop.services.sagemaker.running.kind import Work
from outcrop.services.sagemaker.running.remains import run_id
from outcrop.services.sagemaker.running.states import seconds_left

ROOT = "/opt/ml"
NETWORK_INTERFACE = "lo"
"""The instances of a job are on one machine and speak over its loopback."""
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
EVERYWHERE = {
    "HOME": "/tmp",  # noqa: S108 - each program's own
    "LANG": "C.UTF-8",
    # Instances share processors. OpenMP's threads would spin while they wait for one that has none:
    # with two busy processors PyTorch took ten times as long for a small model.
    "OMP_WAIT_POLICY": "PASSIVE",
    "PYTHONUNBUFFERED": "1",
}
"""Variables of every program that an instance runs."""
PATIENT = {"AWS_MAX_ATTEMPTS": "15", "AWS_RETRY_MODE": "standard"}
"""AWS's clients try for a minute: a program that outlives its server meets the next."""
GRACE_SECONDS = 120.0
"""From the wish that a job stop to its end."""
FEWEST_PROCESSES, PROCESSES_PER_CPU = 1024, 512
"""What bounds the processes and threads of an instance. Our own bounds: AWS documents none."""


def program(
    work: Work,
    host: str,
    *,
    runtime: Runtime,
    command: Sequence[str],
    variables: Mapping[str, str],
    has_network: bool,
) -> Program:
    """Return the program of one instance.

    Args:
        work: Of which job.
        host: Which instance.
        runtime: The environment it runs in, which it may change for itself.
        command: What it runs, in `/opt/ml`.
        variables: Those of its kind of job, and the role's credentials.
        has_network: It may reach others than the job's other instances.
    """
    environment = work.jobs.runtimes.path(runtime)
    given: Mapping[str, str] = work.request.get("Environment", {})
    files = Mount(source=work.files.instance(host), target=ROOT, access="write")
    program = Program(
        command=command,
        environment={
            **_variables(work, host),
            **runtime.environment,
            **variables,
            **given,
            "PATH": f"{environment}/bin:{SYSTEM_PATH}",
            "PYTHONPATH": os.pathsep.join(
                filter(None, (given.get("PYTHONPATH", ""), str(PROGRAMS)))
            ),
        },
        directory=ROOT,
        host_name=host,
        hosts=work.addresses(),
        mounts=[
            Mount(source=environment, target=str(environment), access="private"),
            files,
        ],
        hidden=work.jobs.hidden,
        has_network=has_network,
        peers=[run_id(work.job, peer) for peer in work.hosts if peer != host],
        limits=_limits(work),
    )
    if not runtime.image:
        return program
    variables = {**_variables(work, host), **variables, **given}
    return replace(program, image=runtime.image, environment=variables, mounts=[files])


def in_image(program: Program, given: Mapping[str, Any], *, usual: Sequence[str] = ()) -> Program:
    """Return a program with what a request says of its container, if it is in an image.

    Args:
        program: What else is known of it.
        given: The part of the request that may have `ContainerEntrypoint`, `ContainerArguments`.
        usual: What the image's own entry point is given if it has neither.
    """
    if not program.image:
        return program
    entrypoint: Sequence[str] = given.get("ContainerEntrypoint", ())
    arguments: Sequence[str] = given.get("ContainerArguments", () if entrypoint else usual)
    return replace(program, entrypoint=entrypoint, command=arguments)


def _limits(work: Work) -> Limits:
    instances = work.instances
    capacity = share(instances.type, instances=instances.count, host=this_host())
    longest = float(work.request["StoppingCondition"]["MaxRuntimeInSeconds"])
    left = seconds_left(work.job, work.call.backends.now())
    gpus = share_of_gpus(work)
    return Limits(
        cpus=capacity.cpus,
        gpus=gpus.each,
        gpus_shared_with="peers" if gpus.are_shared else "nobody",
        memory_bytes=capacity.memory_bytes,
        processes=max(FEWEST_PROCESSES, PROCESSES_PER_CPU * capacity.cpus),
        disk_bytes=None if instances.volume_gib is None else instances.volume_gib * GIB,
        seconds=min(longest, max(1.0, longest if left is None else left)),
        grace_seconds=GRACE_SECONDS,
    )


def _variables(work: Work, host: str) -> dict[str, str]:
    region, endpoint_url = work.call.region, work.jobs.runner_url or work.job["endpoint_url"]
    return {
        **EVERYWHERE,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": region,
        **PATIENT,
        "CURRENT_HOST": host,
        "GLOO_SOCKET_IFNAME": NETWORK_INTERFACE,
        "SAGEMAKER_BASE_DIR": ROOT,
        "SM_NUM_GPUS": str(share_of_gpus(work).each),
        "SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT": f"{endpoint_url}{MLFLOW_ROOT}",
    }
