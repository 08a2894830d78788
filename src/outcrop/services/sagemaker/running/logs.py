"""What a job's instances print, as events of CloudWatch Logs, and the metrics found in it.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
https://docs.aws.amazon.com/sagemaker/latest/dg/training-metrics.html
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.jobs.interface import Line
from outcrop.jobs.jobs import Jobs
from outcrop.operations import Backends, Call
from outcrop.operations.log_events import ensure_group, ensure_stream, put_events
from outcrop.operations.records import every
from outcrop.operations.trial_metrics import keep
from outcrop.services.sagemaker.running.kind import ProgramKind, Work
from outcrop.services.sagemaker.tracking.job_components import component_arn
from outcrop.storage.records.interface import Delete, Document, Put, Scope

METRICS_NAMESPACE = "/aws/sagemaker/TrainingJobs"
OFFSETS = "job-log"


class JobLog:
    """The log of one instance; where it is, a record remembers."""

    def __init__(self, kind: ProgramKind, work: Work, host: str) -> None:
        job, call = work.job, work.call
        self._call = call
        self._job = job
        self._kind = kind.resource.name
        self._group = kind.log_group
        self._stream = f"{job['name']}/{host}-{int(job['created'].timestamp())}"
        self._place = Scope(call.account, call.region, "sagemaker", f"{OFFSETS}/{job['run']}")
        self._host = host
        self._metrics = kind.metrics(job["request"])

    async def follow(self, jobs: Jobs, run_id: str) -> Mapping[str, Any]:
        """Deliver what a run prints, until it is over, and return the last value of each metric.

        Lines that were delivered just before the server died may be delivered once more; none is
        left out.
        """
        await self._make()
        records = self._call.backends.records
        known = await records.find(self._place, self._host)
        state: Document = known.document if known else {"offset": 0, "metrics": {}}
        async for lines in jobs.runner.lines(run_id, offset=state["offset"]):
            await self._deliver([(line.time, line.text) for line in lines])
            found = self._found(lines)
            await self._put_metrics(found)
            last = {name: {"Value": value, "Timestamp": time} for name, value, time in found}
            state = {
                "offset": lines[-1].next_offset,
                "metrics": {**state["metrics"], **last},
            }
            await records.write(Put(scope=self._place, name=self._host, document=state))
        metrics: Mapping[str, Any] = state["metrics"]
        return metrics

    async def _make(self) -> None:
        await ensure_group(self._call, self._group)
        await ensure_stream(self._call, self._group, self._stream)

    async def _deliver(self, events: Sequence[tuple[datetime, str]]) -> None:
        try:
            await put_events(self._call, self._group, self._stream, events)
        except ServiceError as error:
            if error.code != "ResourceNotFoundException":
                raise
            await self._make()  # Somebody has deleted it meanwhile.
            await put_events(self._call, self._group, self._stream, events)

    def _found(self, lines: Sequence[Line]) -> list[tuple[str, float, datetime]]:
        """Return name, value and time of each metric in some lines."""
        return [
            (name, float(match[1]), line.time)
            for line in lines
            for name, pattern in self._metrics.items()
            for match in pattern.finditer(line.text)
            if _is_number(match)
        ]

    async def _put_metrics(self, found: Sequence[tuple[str, float, datetime]]) -> None:
        for start in range(0, len(found), 1000):
            data = [
                {
                    "MetricName": name,
                    "Value": value,
                    "Timestamp": time,
                    "Dimensions": [{"Name": "TrainingJobName", "Value": self._job["name"]}],
                }
                for name, value, time in found[start : start + 1000]
            ]
            await self._call.ask(
                "cloudwatch", "PutMetricData", Namespace=METRICS_NAMESPACE, MetricData=data
            )
            call = self._call
            arn = component_arn(call, self._kind, self._job["name"])
            await keep(call.backends.records, call.account, call.region, arn, data)


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
