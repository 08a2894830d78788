"""What a tracking server runs: MLflow's server, with its database beside it and its role's rights.

Source: https://mlflow.org/docs/latest/self-hosting/architecture/tracking-server
"""

import os

from outcrop.jobs.interface import Limits, Mount, Program
from outcrop.jobs.runtimes import PROGRAMS
from outcrop.jobs.serving import Seat
from outcrop.operations import Call
from outcrop.services.sagemaker.mlflow.versions import mlflow_runtime
from outcrop.services.sagemaker.running.credentials import credentials
from outcrop.services.sagemaker.running.programs import EVERYWHERE, ROOT, SYSTEM_PATH
from outcrop.storage.records.interface import Document

AT_ONCE = 8
"""Requests that a tracking server is asked at once; others wait. Our own bound."""
PROCESSES = {"Small": 1, "Medium": 2, "Large": 4}
"""That answer. AWS tells users and requests a second, which depend on this machine here."""
GRACE_SECONDS = 10.0


def program(call: Call, tracker: Document, seat: Seat) -> Program:
    """Return the program of a tracking server.

    Args:
        call: Acts as its role.
        tracker: The document of its record.
        seat: Where its files lie, the database among them.
    """
    runtime = mlflow_runtime()
    environment = call.backends.jobs.runtimes.path(runtime)
    return Program(
        command=("python", "-m", "outcrop_runtime.tracking"),
        environment={
            **EVERYWHERE,
            "AWS_DEFAULT_REGION": call.region,
            "AWS_ENDPOINT_URL": call.backends.jobs.local_url,
            "AWS_REGION": call.region,
            **runtime.environment,
            **credentials(call),
            "OUTCROP_ARTIFACTS": tracker["artifact_store"],
            "OUTCROP_PROCESSES": str(PROCESSES[tracker["size"]]),
            "OUTCROP_SOCKETS": f"{ROOT}/{seat.sockets.name}",
            "OUTCROP_WORKERS": str(AT_ONCE),
            "PATH": f"{environment}/bin:{SYSTEM_PATH}",
            "PYTHONPATH": os.fspath(PROGRAMS),
        },
        directory=ROOT,
        mounts=[
            Mount(source=environment, target=str(environment), access="private"),
            Mount(source=seat.folder, target=ROOT, access="write"),
        ],
        hidden=call.backends.jobs.hidden,
        limits=Limits(grace_seconds=GRACE_SECONDS),
    )
