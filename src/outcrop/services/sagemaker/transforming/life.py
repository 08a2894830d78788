"""A transform job at work: its model is served as an endpoint's is, and asked.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from outcrop.jobs.interface import Program
from outcrop.jobs.serving import Answerer, FleetFailedError, Fleets, Seat, Serving
from outcrop.services.sagemaker.generating.choosing import is_spoken, speaker_of
from outcrop.services.sagemaker.generating.fleet import EngineFleet
from outcrop.services.sagemaker.hosting import programs
from outcrop.services.sagemaker.hosting.deployments import lone_step
from outcrop.services.sagemaker.hosting.errors import DeploymentFailedError
from outcrop.services.sagemaker.hosting.files import prepare
from outcrop.services.sagemaker.hosting.logs import VariantLog, forget
from outcrop.services.sagemaker.running.errors import JobFailedError
from outcrop.services.sagemaker.running.kind import Work
from outcrop.services.sagemaker.running.life import JobRun
from outcrop.services.sagemaker.running.remains import FLEETS
from outcrop.services.sagemaker.transforming.transform import Transform, at_once, max_payload_mb
from outcrop.storage.records.interface import Document

START_SECONDS = 600.0
STRATEGIES = {"MultiRecord": "MULTI_RECORD", "SingleRecord": "SINGLE_RECORD"}


class TransformRun(JobRun):
    """A job whose programs serve a model as long as it is asked."""

    async def _do(self) -> None:
        await self._move("Training", "Transforming")
        if not await self._is_to_stop():
            await self._transform()
        is_stopped = await self._is_to_stop()
        outcome = "Stopped" if is_stopped else "Completed"
        await self._end(outcome, outcome)

    async def clean(self) -> None:
        """See `JobRun.clean`."""
        await forget(self._work.call.backends, self._record.scope, self._job["run"])
        await super().clean()

    async def _transform(self) -> None:
        fleets = Fleets(self._work.jobs.local_runner, self._work.files.folder / FLEETS)
        fleet_id = self._job["run"]  # Unlike that of any other fleet of this machine.
        try:
            fleet = _fleet(self._work, fleets, fleet_id)
            await fleet.scale(self._work.instances.count, gives_up=True)
            await fleet.be_ready()
            await Transform(self._work, fleet).go()
        except FleetFailedError as error:
            raise JobFailedError(
                f"AlgorithmError: The model did not pass the ping health check. {error}"
            ) from error
        except DeploymentFailedError as error:
            raise JobFailedError(f"ClientError: {error}") from error
        finally:
            await fleets.remove(fleet_id)


class TransformLog(VariantLog):
    """The log of a transform job's instances."""

    def __init__(self, work: Work) -> None:
        step = {**_step(work), "name": work.job["name"], "fleet": work.job["run"]}
        super().__init__(work.call, "", step)
        self._group = "/aws/sagemaker/TransformJobs"


async def prepare_model(work: Work) -> None:
    """Lay out the files of the job's model.

    Raises:
        JobFailedError: They cannot be had.
    """
    try:
        await prepare(work.call, _step(work), _folder(work))
    except DeploymentFailedError as error:
        raise JobFailedError(f"ClientError: {error}") from error


def _folder(work: Work) -> Path:
    return work.files.folder / "served"


def _fleet(work: Work, fleets: Fleets, fleet_id: str) -> Answerer:
    """Return who answers for the job's model: programs, or an engine of the server."""
    engines, container = work.call.backends.engines, _step(work)["container"]
    if not is_spoken(engines, container):
        return fleets.open(fleet_id, _serving(work))
    seat = Seat(number=0, folder=_folder(work) / "0")
    speaker = speaker_of(engines, container, _folder(work) / programs.DATA)
    say = partial(TransformLog(work).say, seat)
    return fleets.adopt(
        fleet_id,
        lambda: EngineFleet(speaker, name=seat.name, start_seconds=START_SECONDS, say=say),
    )


def _serving(work: Work) -> Serving:
    variant = _step(work)
    return Serving(
        program=partial(_program, work, variant),
        follow=TransformLog(work).follow,
        workers=programs.workers(variant),
        start_seconds=START_SECONDS,
    )


def _step(work: Work) -> Document:
    return lone_step(work.job["model"], instance_type=work.instances.type)


def _program(work: Work, variant: Mapping[str, Any], seat: Seat) -> Program:
    endpoint_url = work.job["endpoint_url"]
    served = programs.program(
        work.call, variant, seat, folder=_folder(work), endpoint_url=endpoint_url
    )
    request = work.request
    client = request.get("ModelClientConfig", {})
    batch = {
        "SAGEMAKER_BATCH": "true",
        "SAGEMAKER_BATCH_STRATEGY": STRATEGIES[request.get("BatchStrategy", "MultiRecord")],
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": str(at_once(request)),
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": str(max_payload_mb(request)),
        "OUTCROP_TIME_LIMIT": str(client.get("InvocationsTimeoutInSeconds", 600)),
    }
    environment = {**served.environment, **request.get("Environment", {}), **batch}
    return replace(served, environment=environment)
