"""A transform job at work: its model is served as an endpoint's is, and asked.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from outcrop.jobs.interface import Program
from outcrop.jobs.runtimes import find_runtime
from outcrop.jobs.serving import Answerer, FleetFailedError, Fleets, Seat, Serving
from outcrop.services.sagemaker.generating.choosing import is_spoken, speaker_of
from outcrop.services.sagemaker.generating.fleet import EngineFleet
from outcrop.services.sagemaker.hosting import programs
from outcrop.services.sagemaker.hosting.deployments import steps_without_endpoint
from outcrop.services.sagemaker.hosting.errors import DeploymentFailedError
from outcrop.services.sagemaker.hosting.files import prepare
from outcrop.services.sagemaker.hosting.logs import VariantLog, forget
from outcrop.services.sagemaker.running.errors import JobFailedError
from outcrop.services.sagemaker.running.kind import Work
from outcrop.services.sagemaker.running.life import JobRun
from outcrop.services.sagemaker.running.remains import FLEETS
from outcrop.services.sagemaker.transforming.parameters import Parameters, variables
from outcrop.services.sagemaker.transforming.transform import Transform
from outcrop.storage.records.interface import Document

START_SECONDS = 600.0
logger = logging.getLogger(__name__)


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
        for step in _steps(self._work):
            await forget(self._work.call.backends, self._record.scope, step["fleet"])
        await super().clean()

    async def _transform(self) -> None:
        fleets = Fleets(self._work.jobs.local_runner, self._work.files.folder / FLEETS)
        steps = _steps(self._work)
        try:
            asked = [_fleet(self._work, step, fleets) for step in steps]
            for fleet in asked:
                await fleet.scale(self._work.instances.count, gives_up=True)
            for fleet in asked:
                await fleet.be_ready()
            parameters = await Parameters.ask(asked[0], self._work.request)
            await Transform(self._work, asked, parameters).go()
        except FleetFailedError as error:
            raise JobFailedError(
                f"AlgorithmError: The model did not pass the ping health check. {error}"
            ) from error
        except DeploymentFailedError as error:
            raise JobFailedError(f"ClientError: {error}") from error
        finally:
            for step in steps:
                await fleets.remove(step["fleet"])


class TransformLog(VariantLog):
    """The log of a transform job's instances."""

    def __init__(self, work: Work, step: Document) -> None:
        super().__init__(work.call, "", {**step, "name": work.job["name"]})
        self._group = "/aws/sagemaker/TransformJobs"


async def prepare_model(work: Work) -> None:
    """Lay out the files of the job's model; of containers but the first, the runtimes, too.

    Raises:
        JobFailedError: They cannot be had.
        CannotInstallError: A runtime cannot.
    """
    first, *others = _steps(work)
    try:
        for step in (first, *others):
            await prepare(work.call, step, _folder(work, step))
    except DeploymentFailedError as error:
        raise JobFailedError(f"ClientError: {error}") from error
    for step in others:
        runtime = find_runtime(step["container"]["Image"])
        await work.jobs.runtimes.install(runtime, say=partial(logger.info, "%s: %s", runtime.name))


def _folder(work: Work, step: Mapping[str, Any]) -> Path:
    return work.files.folder / "served" / step["fleet"]


def _fleet(work: Work, step: Document, fleets: Fleets) -> Answerer:
    """Return who answers for a container of the job's model: programs, or the server's engine."""
    engines, container, folder = work.call.backends.engines, step["container"], _folder(work, step)
    log = TransformLog(work, step)
    if not is_spoken(engines, container):
        serving = Serving(
            program=partial(_program, work, step),
            follow=log.follow,
            workers=programs.workers(step),
            start_seconds=START_SECONDS,
        )
        return fleets.open(step["fleet"], serving)
    seat = Seat(number=0, folder=folder / "0")
    speaker = speaker_of(engines, container, folder / programs.DATA)
    say = partial(log.say, seat)
    return fleets.adopt(
        step["fleet"],
        lambda: EngineFleet(speaker, name=seat.name, start_seconds=START_SECONDS, say=say),
    )


def _steps(work: Work) -> list[Document]:
    """Return what is served, one container after the other; the fleets are the job's run's."""
    steps = steps_without_endpoint(work.job["model"], instance_type=work.instances.type)
    # Unlike those of any other fleets of this machine, the same after a restart, and no longer
    # than others: sockets' paths are short.
    rest: str = work.job["run"][2:]
    return [{**step, "fleet": f"{number:02x}{rest}"} for number, step in enumerate(steps)]


def _program(work: Work, step: Mapping[str, Any], seat: Seat) -> Program:
    served = programs.program(
        work.call,
        step,
        seat,
        folder=_folder(work, step),
        endpoint_url=work.job["endpoint_url"],
    )
    request = work.request
    client = request.get("ModelClientConfig", {})
    batch = {
        **variables(request),
        "OUTCROP_TIME_LIMIT": str(client.get("InvocationsTimeoutInSeconds", 600)),
    }
    environment = {**served.environment, **request.get("Environment", {}), **batch}
    return replace(served, environment=environment)
