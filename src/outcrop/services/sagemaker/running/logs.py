"""What a job's instances print, as events of CloudWatch Logs, and the metrics found in it.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
https://docs.aws.amazon.com/sagemaker/latest/dg/training-metrics.html
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.jobs.interface import Line
from outcrop.jobs.jobs import Jobs
from outcrop.operations import Backends, Call
from outcrop.operations.log_events import Batch, batches, ensure_group, ensure_stream, put_batch
from outcrop.operations.records import every
from outcrop.operations.together import together
from outcrop.operations.trial_metrics import keep
from outcrop.services.sagemaker.running.gpus import share_of_gpus
from outcrop.services.sagemaker.running.kind import ProgramKind, Work
from outcrop.services.sagemaker.tracking.job_components import component_arn
from outcrop.storage.records.interface import Delete, Document, Put, Scope

METRICS_NAMESPACE = "/aws/sagemaker/TrainingJobs"
MOST_DATA = 1000
"""Of one request to CloudWatch."""
OFFSETS = "job-log"


class JobLog:
    """The log of one instance; where it is, a record remembers."""

    def __init__(self, kind: ProgramKind, work: Work, host: str) -> None:
        job, call = work.job, work.call
        self._call = call
        self._job = job
        self._group = kind.log_group
        usual = f"{job['name']}/{host}-{int(job['created'].timestamp())}"
        self._stream: str = job.get("log_stream", usual)
        self._place = Scope(call.account, call.region, "sagemaker", f"{OFFSETS}/{job['run']}")
        self._host = host
        self._metrics = kind.metrics(job["request"])
        said = share_of_gpus(work).notice
        self._notice = (job["transitions"][-1]["StartTime"], said) if said else None
        self._component = component_arn(call, kind.resource.name, job["name"])
        self._state: Document = {"offset": 0, "metrics": {}, "found": [], "put": []}

    async def follow(self, jobs: Jobs, run_id: str) -> Mapping[str, Any]:
        """Deliver what a run prints, until it is over, and return the last value of each metric.

        Every line and every datum is delivered once: what has been is written with it.
        """
        await self._make()
        records = self._call.backends.records
        known = await records.find(self._place, self._host)
        if known is not None:
            self._state = {**self._state, **known.document}
            await self._put_metrics()
        elif self._notice:
            batch = next(batch for _, batch in batches([self._notice]))
            await self._together(partial(self._put, batch))
        async for lines in jobs.runner.lines(run_id, offset=self._state["offset"]):
            await self._deliver(lines)
            await self._put_metrics()
        metrics: Mapping[str, Any] = self._state["metrics"]
        return metrics

    async def _make(self) -> None:
        await ensure_group(self._call, self._group)
        await ensure_stream(self._call, self._group, self._stream)

    async def _deliver(self, lines: Sequence[Line]) -> None:
        start = 0
        for done, batch in batches((line.time, line.text) for line in lines):
            found = self._found(lines[start:done])
            last = {name: {"Value": value, "Timestamp": time} for name, value, time in found}
            put = partial(self._put, batch)
            await self._together(
                put,
                offset=lines[done - 1].next_offset,
                metrics={**self._state["metrics"], **last},
                found=self._as_data(found),
            )
            start = done

    async def _put(self, batch: Batch, call: Call) -> None:
        try:
            await put_batch(call, self._group, self._stream, batch)
        except ServiceError as error:
            if error.code != "ResourceNotFoundException":
                raise
            await self._make()  # Somebody has deleted it meanwhile.
            await put_batch(call, self._group, self._stream, batch)

    async def _put_metrics(self) -> None:
        """Put what was found: to CloudWatch, then to the job's trial component."""
        while data := self._state["found"][:MOST_DATA]:
            await self._together(
                lambda call, data=data: call.ask(
                    "cloudwatch", "PutMetricData", Namespace=METRICS_NAMESPACE, MetricData=data
                ),
                found=self._state["found"][MOST_DATA:],
                put=[*self._state["put"], *data],
            )
        if put := self._state["put"]:
            place = (self._call.account, self._call.region, self._component)
            await self._together(
                lambda call: keep(call.backends.records, *place, put),
                put=[],
            )

    async def _together(self, do: Callable[[Call], Awaitable[object]], **changed: Any) -> None:
        """Do something and note what the state is from then on, both or neither."""
        state = {**self._state, **changed}
        note = Put(scope=self._place, name=self._host, document=state)
        await together(self._call, do, note)
        self._state = state

    def _found(self, lines: Sequence[Line]) -> list[tuple[str, float, datetime]]:
        """Return name, value and time of each metric in some lines."""
        return [
            (name, float(match[1]), line.time)
            for line in lines
            for name, pattern in self._metrics.items()
            for match in pattern.finditer(line.text)
            if _is_number(match)
        ]

    def _as_data(self, found: Sequence[tuple[str, float, datetime]]) -> list[dict[str, Any]]:
        return [
            {
                "MetricName": name,
                "Value": value,
                "Timestamp": time,
                "Dimensions": [{"Name": "TrainingJobName", "Value": self._job["name"]}],
            }
            for name, value, time in found
        ]


async def remembered_logs(backends: Backends) -> Mapping[str, Scope]:
    """Return where the logs of which runs are remembered."""
    places = await backends.records.scopes(service="sagemaker", kind=f"{OFFSETS}/")
    return {place.kind.partition("/")[2]: place for place in places}


async def forget_log(call: Call, run: str) -> None:
    """Remove what is remembered of the logs of a job's run."""
    place = Scope(call.account, call.region, "sagemaker", f"{OFFSETS}/{run}")
    await forget_logs(call.backends, {run: place})


async def forget_logs(backends: Backends, places: Mapping[str, Scope]) -> None:
    """Remove what is remembered of some runs."""
    for place in places.values():
        async for record in every(backends.records, place):
            delete = Delete(scope=place, name=record.name, must_exist=False)
            await backends.records.write(delete)


def _is_number(match: re.Match[str]) -> bool:
    try:
        float(match[1])
    except (IndexError, TypeError, ValueError):
        return False
    return True
