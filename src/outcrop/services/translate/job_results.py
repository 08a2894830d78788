"""What a job has translated already, kept until it ends: a server that starts anew goes on there.

The bodies are blobs; they go to the output folder together, so nothing half-done is ever in it.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Backends, Call
from outcrop.operations.background import call_without_request
from outcrop.operations.records import every
from outcrop.operations.service_jobs import JobFamily, JobStates
from outcrop.services.translate.job_places import target_folder
from outcrop.storage.records.interface import Delete, Put, Record, Scope

KIND = "text-translation-result/"
BLOB = "blob"
MOST_NAME_CHARACTERS = 2_000


class Results:
    """The results of one job."""

    def __init__(self, backends: Backends, scope: Scope) -> None:
        self._backends = backends
        self._scope = scope

    @classmethod
    def of_job(cls, backends: Backends, job: Record) -> "Results":
        """Return the results of a job."""
        place = job.scope
        scope = Scope(place.account, place.region, place.service, f"{KIND}{job.name}")
        return cls(backends, scope)

    async def find(self, language: str, name: str) -> Mapping[str, Any] | None:
        """Return what was kept of a document; `None`: nothing."""
        record = await self._backends.records.find(self._scope, _key(language, name))
        return record.document if record else None

    async def keep(
        self, language: str, name: str, told: Mapping[str, Any], body: bytes | None = None
    ) -> None:
        """Keep what is told of a document, and its translation if there is one."""
        document = {**told, "source": name}
        if body is not None:
            document[BLOB] = (await self._backends.blobs.write(body)).id
        put = Put(scope=self._scope, name=_key(language, name), document=document)
        await self._backends.records.write(put)

    async def of(self, language: str) -> AsyncIterator[Mapping[str, Any]]:
        """Give what was kept of the documents in a language, by their names."""
        async for record in every(self._backends.records, self._scope, prefix=f"{language}/"):
            yield record.document

    def body(self, result: Mapping[str, Any]) -> AsyncIterator[bytes]:
        """Give the translation of a result that has one."""
        return self._backends.blobs.read(result[BLOB])

    async def drop(self) -> None:
        """Forget all results."""
        records = [record async for record in every(self._backends.records, self._scope)]
        for record in records:
            delete = Delete(scope=record.scope, name=record.name, must_exist=False)
            await self._backends.records.write(delete)
            if BLOB in record.document:
                await self._backends.blobs.delete(record.document[BLOB])


def _key(language: str, name: str) -> str:
    return f"{language}/{name}"[:MOST_NAME_CHARACTERS]


async def tidy(call: Call, job: Record, states: JobStates) -> None:
    """Forget the results of a job that has ended; what a stopped one has written is taken back."""
    if job.document["status"] == states.stopped:
        target = target_folder(job.document["output"]["S3Uri"], call.account, job.name)
        # Where the bucket has gone meanwhile, so have they.
        with contextlib.suppress(ServiceError):
            for key in [key async for key, _ in call.objects.keys(target.bucket, target.prefix)]:
                await call.ask("s3", "DeleteObject", Bucket=target.bucket, Key=key)
    await Results.of_job(call.backends, job).drop()


async def drop_of_ended(backends: Backends, family: JobFamily) -> None:
    """Tidy up behind jobs that have ended, or are no more."""
    for place in await backends.records.scopes(service=family.service, kind=KIND):
        jobs = Scope(place.account, place.region, family.service, family.kind)
        job = await backends.records.find(jobs, place.kind.removeprefix(KIND))
        if job is None:
            await Results(backends, place).drop()
        elif family.states.is_ended(job.document["status"]):
            call = call_without_request(
                backends,
                service=family.service,
                operation=family.operation,
                account=job.scope.account,
                region=job.scope.region,
                role=job.document.get("role", ""),
            )
            await tidy(call, job, family.states)


async def live_blobs(backends: Backends, account: str | None = None) -> AbstractSet[str]:
    """See `LiveBlobs`."""
    places = await backends.records.scopes(service="translate", kind=KIND, account=account)
    return {
        record.document[BLOB]
        for place in places
        async for record in every(backends.records, place)
        if BLOB in record.document
    }
