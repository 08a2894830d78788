"""What a serving container finds: the model below /opt/ml, and environment variables.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from outcrop.jobs.interface import Limits, Mount, Program
from outcrop.jobs.runtimes import PROGRAMS, find_runtime
from outcrop.jobs.serving import Seat
from outcrop.operations import Call
from outcrop.services.sagemaker.hosting.checks import container_of
from outcrop.services.sagemaker.running.programs import ROOT, SYSTEM_PATH

CODE, DATA = "code", "model"
GRACE_SECONDS = 30.0
"""From the wish that a container stop to its end."""
ANSWER_SECONDS = 60.0
"""Within which a container must answer."""
CREDENTIALS_LAST = timedelta(days=365)
"""Those of a replica, from its start on."""


def processors(instance_type: str) -> int:
    """Return how many processors of this machine an instance may use: at most its type's own.

    Source: https://aws.amazon.com/sagemaker/pricing/ (by the size, whatever the family)
    """
    size = instance_type.rpartition(".")[2]
    times = size.removesuffix("xlarge")
    own = 4 * int(times or 1) if size.endswith("xlarge") and times.isdecimal() | (not times) else 2
    return max(1, min(own, len(os.sched_getaffinity(0))))


def workers(variant: Mapping[str, Any]) -> int:
    """Return how many workers an instance has: as the model asks for, or one a processor."""
    environment = container_of(variant["model"]).get("Environment", {})
    asked = environment.get("SAGEMAKER_MODEL_SERVER_WORKERS", "")
    count = int(asked) if asked.isdecimal() else 0
    return min(count, 64) or processors(variant["config"]["InstanceType"])


def program(
    call: Call, variant: Mapping[str, Any], seat: Seat, *, folder: Path, endpoint_url: str
) -> Program:
    """Return the program of one instance.

    Args:
        call: Acts as the model's role.
        variant: As the endpoint's record has it.
        seat: The instance.
        folder: With the files of all of the variant's instances.
        endpoint_url: Where this server is reached.
    """
    container = container_of(variant["model"])
    runtime = find_runtime(container["Image"])
    environment = call.backends.jobs.runtimes.path(runtime)
    given: Mapping[str, str] = container.get("Environment", {})
    count = processors(variant["config"]["InstanceType"])
    threads = max(1, count // workers(variant))
    return Program(
        command=runtime.serve,
        environment={
            "OMP_NUM_THREADS": str(threads),
            **_variables(call, endpoint_url),
            **runtime.environment,
            **_credentials(call),
            **given,
            "OUTCROP_SOCKETS": f"{ROOT}/{seat.sockets.name}",
            "OUTCROP_TIME_LIMIT": str(ANSWER_SECONDS),
            "OUTCROP_WORKERS": str(workers(variant)),
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
        ],
        hidden=call.backends.jobs.hidden,
        has_network=not variant["model"].get("EnableNetworkIsolation", False),
        # Whoever claims processors keeps jobs from them: an idle endpoint is not to.
        limits=Limits(grace_seconds=GRACE_SECONDS),
    )


def _variables(call: Call, endpoint_url: str) -> dict[str, str]:
    return {
        "AWS_DEFAULT_REGION": call.region,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": call.region,
        "HOME": "/tmp",  # noqa: S108 - each program's own
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
    }


def _credentials(call: Call) -> dict[str, str]:
    given = call.backends.sessions.issue(
        account=call.principal.account,
        arn=call.principal.arn,
        user_id=call.principal.user_id,
        expires_at=call.backends.now() + CREDENTIALS_LAST,
    )
    return {
        "AWS_ACCESS_KEY_ID": given.access_key_id,
        "AWS_SECRET_ACCESS_KEY": given.secret_access_key,
        "AWS_SESSION_TOKEN": given.session_token,
    }
