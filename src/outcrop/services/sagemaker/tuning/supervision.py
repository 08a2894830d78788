"""Tuning jobs in the background."""

from outcrop.operations import Call
from outcrop.services.sagemaker.resources import TUNING_JOB
from outcrop.services.sagemaker.running.launchers import Launchers
from outcrop.services.sagemaker.tuning.life import TuningRun
from outcrop.storage.records.interface import Record


async def _go(call: Call, job: Record) -> None:
    await TuningRun(call, job).go()


TUNING = Launchers(kind=TUNING_JOB, operation="CreateHyperParameterTuningJob", go=_go)
