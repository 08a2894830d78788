"""What a serving container finds: the model below /opt/ml, and environment variables.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outcrop.jobs.host import this_host
from outcrop.jobs.interface import Limits, Mount, Program
from outcrop.jobs.runtimes import PROGRAMS, find_runtime
from outcrop.jobs.serving import Seat
from outcrop.operations import Call
from outcrop.services.sagemaker.hosting.checks import has_many_models
from outcrop.services.sagemaker.hosting.model_store import MODELS
from outcrop.services.sagemaker.running.credentials import credentials
from outcrop.services.sagemaker.running.gpus import gpus_of
from outcrop.services.sagemaker.running.instance_types import Capacity, share
from outcrop.services.sagemaker.running.programs import EVERYWHERE, ROOT, SYSTEM_PATH

CODE, DATA = "code", "model"
GRACE_SECONDS = 30.0
"""From the wish that a container stop to its end."""
SHARED_LIBRARIES, LIBRARIES = "shared_libs", "/lib"
"""Of a model's archive, and where its own handlers copy them to."""
IDLE_SECONDS = 300.0
"""After which a serverless variant that nobody asks ends its programs; AWS tells no number."""
MOST_WORKERS = 64
PORT = 8080
"""Where a container of one's own answers."""
SERVERLESS_PROCESSORS = 2


def capacity_of(variant: Mapping[str, Any]) -> Capacity:
    """Return what an instance of a variant may take of this machine."""
    host = this_host()
    if (need := variant.get("need")) is not None:
        return Capacity(
            cpus=max(1, min(math.ceil(need["cpus"]) or host.cpus, host.cpus)),
            memory_bytes=min(need["most_memory_mib"] << 20, host.memory_bytes),
        )
    serverless = variant["config"].get("ServerlessConfig")
    if serverless:
        return Capacity(
            cpus=min(SERVERLESS_PROCESSORS, host.cpus),
            memory_bytes=min(serverless["MemorySizeInMB"] << 20, host.memory_bytes),
        )
    return share(variant["config"]["InstanceType"], instances=1, host=host)


def workers(variant: Mapping[str, Any]) -> int:
    """Return how many workers an instance has: as the model asks for, or one a processor.

    A container has workers of its own, of which nothing is known: it is asked as much at once as
    anything.
    """
    environment = variant["container"].get("Environment", {})
    asked = environment.get("SAGEMAKER_MODEL_SERVER_WORKERS", "")
    count = int(asked) if asked.isdecimal() else 0
    serverless = variant["config"].get("ServerlessConfig")
    most = serverless["MaxConcurrency"] if serverless else MOST_WORKERS
    if find_runtime(variant["container"]["Image"]).image:
        return most
    return min(count or capacity_of(variant).cpus, most)


def at_once(variant: Mapping[str, Any]) -> dict[str, Any]:
    """Return what else a serverless variant's fleet is told: nothing for one of instances."""
    serverless = variant["config"].get("ServerlessConfig")
    if not serverless:
        return {}
    idle = None if serverless.get("ProvisionedConcurrency") else IDLE_SECONDS
    return {"at_once": serverless["MaxConcurrency"], "idle_seconds": idle}


def program(
    call: Call, variant: Mapping[str, Any], seat: Seat, *, folder: Path, endpoint_url: str
) -> Program:
    """Return the program of one instance.

    Args:
        call: Acts as the model's role.
        variant: As the endpoint's record has it, with one of its containers.
        seat: The instance.
        folder: With the files of all of the variant's instances.
        endpoint_url: Where whoever has it run reached this server.
    """
    container = variant["container"]
    runtime = find_runtime(container["Image"])
    if runtime.image:
        return _in_image(call, variant, runtime.image, folder=folder)
    environment = call.backends.jobs.runtimes.path(runtime)
    given: Mapping[str, str] = container.get("Environment", {})
    capacity = capacity_of(variant)
    count = workers(variant)
    is_isolated = variant["model"].get("EnableNetworkIsolation", False)
    return Program(
        command=runtime.serve,
        environment={
            "OMP_NUM_THREADS": str(max(1, capacity.cpus // count)),
            **_variables(call, call.backends.jobs.local_url or endpoint_url),
            **runtime.environment,
            **({} if is_isolated else credentials(call)),
            **given,
            **_many_models(container, capacity),
            "OUTCROP_INSTANCE_TYPE": variant["config"].get("InstanceType", "a serverless endpoint"),
            "OUTCROP_SOCKETS": f"{ROOT}/{seat.sockets.name}",
            "OUTCROP_TIME_LIMIT": str(variant["answer_seconds"]),
            "OUTCROP_WORKERS": str(count),
            "PATH": f"{environment}/bin:{SYSTEM_PATH}",
            "PYTHONPATH": os.pathsep.join(
                filter(None, (given.get("PYTHONPATH", ""), str(PROGRAMS)))
            ),
        },
        directory=ROOT,
        mounts=[
            Mount(source=environment, target=str(environment), access="private"),
            Mount(source=seat.folder, target=ROOT, access="write"),
            *(
                Mount(source=folder / name, target=f"{ROOT}/{name}", access="private")
                for name in (DATA, CODE)
            ),
            *_libraries(folder / DATA),
            # What a server adds to it while the program runs, the program sees.
            Mount(source=folder / MODELS, target=f"{ROOT}/{MODELS}", access="read"),
        ],
        hidden=call.backends.jobs.hidden,
        has_network=not is_isolated,
        # Whoever claims processors keeps jobs from them: an idle endpoint is not to.
        limits=Limits(
            grace_seconds=GRACE_SECONDS,
            memory_bytes=capacity.memory_bytes,
            gpus=_gpus(call, variant),
            gpus_shared_with="all",
        ),
    )


def _in_image(call: Call, variant: Mapping[str, Any], image: str, *, folder: Path) -> Program:
    """Return the program of one instance that is a container of its own."""
    capacity = capacity_of(variant)
    is_isolated = variant["model"].get("EnableNetworkIsolation", False)
    return Program(
        image=image,
        command=("serve",),
        environment={
            "AWS_DEFAULT_REGION": call.region,
            "AWS_ENDPOINT_URL": call.backends.jobs.networks_url,
            "AWS_REGION": call.region,
            **({} if is_isolated else credentials(call)),
            **variant["container"].get("Environment", {}),
        },
        directory=ROOT,
        mounts=[Mount(source=folder / DATA, target=f"{ROOT}/{DATA}", access="read")],
        has_network=not is_isolated,
        port=PORT,
        limits=Limits(
            cpus=capacity.cpus,
            grace_seconds=GRACE_SECONDS,
            memory_bytes=capacity.memory_bytes,
            gpus=_gpus(call, variant),
            gpus_shared_with="all",
        ),
    )


def _gpus(call: Call, variant: Mapping[str, Any]) -> int:
    return min(gpus_of(variant["config"].get("InstanceType", "")), call.backends.jobs.gpus)


def _libraries(model: Path) -> list[Mount]:
    """Return what lets the SDK's `ModelBuilder` install the libraries that came with a model."""
    if not (model / SHARED_LIBRARIES).is_dir():
        return []
    return [Mount(source=Path(LIBRARIES).resolve(), target=LIBRARIES, access="private")]


def _many_models(container: Mapping[str, Any], capacity: Capacity) -> dict[str, str]:
    """Return what a container is told that serves many models; nothing to others."""
    if not has_many_models(container):
        return {}
    caching = container.get("MultiModelConfig", {}).get("ModelCacheSetting", "Enabled")
    return {
        "OUTCROP_MEMORY": str(capacity.memory_bytes),
        "OUTCROP_MODEL_CACHE": str(int(caching == "Enabled")),
        "SAGEMAKER_MULTI_MODEL": "true",
    }


def _variables(call: Call, endpoint_url: str) -> dict[str, str]:
    return {
        **EVERYWHERE,
        "AWS_DEFAULT_REGION": call.region,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": call.region,
    }
