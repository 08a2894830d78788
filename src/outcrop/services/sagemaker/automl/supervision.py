"""AutoML jobs in the background."""

from outcrop.operations import Call
from outcrop.services.sagemaker.automl.life import AutoMLRun
from outcrop.services.sagemaker.resources import AUTOML_JOB
from outcrop.services.sagemaker.running.launchers import Launchers
from outcrop.storage.records.interface import Record


async def _go(call: Call, job: Record) -> None:
    await AutoMLRun(call, job).go()


AUTOML = Launchers(
    kind=AUTOML_JOB,
    operation="CreateAutoMLJobV2",
    go=_go,
    role_of=lambda job: job["table"]["RoleArn"],
)
