"""What an endpoint's instances print, as events of CloudWatch Logs.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
"""

from functools import partial

from outcrop.aws.errors import ServiceError
from outcrop.jobs.serving import Seat
from outcrop.operations import Backends, Call
from outcrop.operations.log_events import Batch, batches, ensure_group, ensure_stream, put_batch
from outcrop.operations.records import every
from outcrop.operations.together import together
from outcrop.storage.records.interface import Delete, Document, Put, Scope

OFFSETS = "endpoint-log"


class VariantLog:
    """The log of one variant's instances; where it is, records remember."""

    def __init__(self, call: Call, endpoint: str, step: Document) -> None:
        """Prepare the log of a variant's container.

        Args:
            call: Whose endpoint it is.
            endpoint: Its name.
            step: The variant with its container and its fleet.
        """
        self._call = call
        self._group = step.get("log_group", f"/aws/sagemaker/Endpoints/{endpoint}")
        self._variant = step["name"]
        self._suffix = f"/{step['host']}" if len(step["steps"]) > 1 else ""
        self._place = Scope(call.account, call.region, "sagemaker", f"{OFFSETS}/{step['fleet']}")

    async def follow(self, seat: Seat, run_id: str) -> None:
        """Deliver what a run prints, until it is over.

        Every line is delivered once: where the log is, is written with it.
        """
        stream = f"{self._variant}/i-{seat.name}{self._suffix}"
        await self._make(stream)
        records = self._call.backends.records
        known = await records.find(self._place, run_id)
        offset = known.document["offset"] if known else 0
        async for lines in self._call.backends.jobs.local_runner.lines(run_id, offset=offset):
            for done, batch in batches((line.time, line.text) for line in lines):
                now: Document = {"offset": lines[done - 1].next_offset}
                note = Put(scope=self._place, name=run_id, document=now)
                await together(self._call, partial(self._put, stream, batch), note)
        await records.write(Delete(scope=self._place, name=run_id, must_exist=False))

    async def say(self, seat: Seat, text: str) -> None:
        """Deliver a line about an instance that prints none itself."""
        stream = f"{self._variant}/i-{seat.name}{self._suffix}"
        await self._make(stream)
        for _, batch in batches([(self._call.backends.now(), text)]):
            await self._put(stream, batch, self._call)

    async def _make(self, stream: str) -> None:
        await ensure_group(self._call, self._group)
        await ensure_stream(self._call, self._group, stream)

    async def _put(self, stream: str, batch: Batch, call: Call) -> None:
        try:
            await put_batch(call, self._group, stream, batch)
        except ServiceError as error:
            if error.code != "ResourceNotFoundException":
                raise
            await self._make(stream)  # Somebody has deleted it meanwhile.
            await put_batch(call, self._group, stream, batch)


async def forget(backends: Backends, place: Scope, fleet: str) -> None:
    """Remove what is remembered of a fleet's logs; the place tells account and region."""
    offsets = Scope(place.account, place.region, "sagemaker", f"{OFFSETS}/{fleet}")
    async for record in every(backends.records, offsets):
        await backends.records.write(Delete(scope=offsets, name=record.name, must_exist=False))
