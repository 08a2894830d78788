"""Opening the fleet of a container: its files and its runtime at hand.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

import logging
from dataclasses import replace
from functools import partial
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.jobs.runtimes import CannotInstallError, find_runtime
from outcrop.jobs.serving import Answerer, Seat, Serving
from outcrop.operations import Call
from outcrop.services.sagemaker.generating.choosing import is_spoken, speaker_of
from outcrop.services.sagemaker.generating.fleet import EngineFleet
from outcrop.services.sagemaker.hosting.errors import DeploymentFailedError
from outcrop.services.sagemaker.hosting.files import prepare
from outcrop.services.sagemaker.hosting.logs import VariantLog
from outcrop.services.sagemaker.hosting.programs import DATA, at_once, program, workers
from outcrop.storage.records.interface import Document

START_SECONDS = 600.0
"""For a container to answer its first ping, if nothing says how long."""
logger = logging.getLogger(__name__)


async def open_fleet(call: Call, step: Document, *, endpoint: str, endpoint_url: str) -> Answerer:
    """Return the fleet of a variant's container.

    Args:
        call: Acts as the model's role.
        step: The variant with one of its containers.
        endpoint: The name of the endpoint that it is of.
        endpoint_url: Where this server is reached.

    Raises:
        DeploymentFailedError: Its files or its runtime cannot be had.
    """
    jobs = call.backends.jobs
    folder = jobs.fleets.folder(step["fleet"])
    runtime = find_runtime(step["container"]["Image"])
    has_engine = is_spoken(call.backends.engines, step["container"])
    try:
        if not has_engine:
            await jobs.runtimes.install(runtime, say=partial(logger.info, "%s: %s", runtime.name))
        await prepare(call, step, folder)
    except CannotInstallError as error:
        raise DeploymentFailedError(f"The runtime cannot be installed: {error}") from error
    except ServiceError as error:
        raise DeploymentFailedError(error.message) from error
    config: Any = step["config"]
    log = VariantLog(call, endpoint, step)
    start_seconds = config.get("ContainerStartupHealthCheckTimeoutInSeconds", START_SECONDS)
    if has_engine:
        seat = Seat(number=0, folder=folder / "0")
        speaker = speaker_of(call.backends.engines, step["container"], folder / DATA)
        most = min(speaker.at_once, at_once(step).get("at_once") or speaker.at_once)
        return jobs.fleets.adopt(
            step["fleet"],
            lambda: EngineFleet(
                replace(speaker, at_once=most),
                name=seat.name,
                start_seconds=start_seconds,
                say=partial(log.say, seat),
            ),
        )
    serving = Serving(
        program=partial(program, call, step, folder=folder, endpoint_url=endpoint_url),
        follow=log.follow,
        workers=workers(step),
        **at_once(step),
        start_seconds=start_seconds,
    )
    return jobs.fleets.open(step["fleet"], serving)
