"""AutoML jobs in the background: begun, gone on with after a restart, emptied out."""

from functools import partial

from outcrop.operations import Backends
from outcrop.operations.background import call_without_request
from outcrop.operations.records import every
from outcrop.services.sagemaker.automl.life import AutoMLRun
from outcrop.services.sagemaker.resources import AUTOML_JOB
from outcrop.services.sagemaker.running.states import ENDED
from outcrop.storage.records.interface import Record, RecordNotFoundError


def start(backends: Backends, job: Record) -> None:
    """Let a AutoML job go on in the background, from wherever it is."""
    backends.background.start(_task(job), partial(_run, backends, job))


async def resume(backends: Backends) -> None:
    """Go on with all AutoML jobs that had not ended."""
    for place in await backends.records.scopes(service="sagemaker", kind=AUTOML_JOB.name):
        async for job in every(backends.records, place):
            if job.document["status"] not in ENDED:
                start(backends, job)


async def empty(backends: Backends, account: str) -> None:
    """End the AutoML jobs of an account that is being emptied."""
    for place in await backends.records.scopes(
        service="sagemaker", kind=AUTOML_JOB.name, account=account
    ):
        async for job in every(backends.records, place):
            backends.background.cancel(_task(job))


def _task(job: Record) -> str:
    return f"sagemaker/{job.scope.kind}/{job.scope.account}/{job.scope.region}/{job.name}"


async def _run(backends: Backends, job: Record) -> None:
    call = call_without_request(
        backends,
        service="sagemaker",
        operation="CreateAutoMLJobV2",
        account=job.scope.account,
        region=job.scope.region,
        role=job.document["table"]["RoleArn"],
    )
    try:
        await AutoMLRun(call, job).go()
    except RecordNotFoundError:
        return  # The account was emptied.
