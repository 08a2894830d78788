"""What jobs keep until they end is forgotten with them, and its blobs are known until then."""

from dataclasses import replace
from pathlib import Path

import pytest

from outcrop.services.translate.job_results import Results, drop_of_ended, live_blobs
from outcrop.services.translate.job_runs import JOBS
from outcrop.storage.blobs.directory import DirectoryBlobStore
from outcrop.storage.records.interface import Put, Scope
from tests.services.direct import ACCOUNT, Direct

pytestmark = pytest.mark.anyio


async def test_results_of_ended_and_lost_jobs_are_dropped(tmp_path: Path):
    async with Direct.on(tmp_path) as direct:
        blobs = await DirectoryBlobStore.open(tmp_path / "blobs")
        backends = replace(direct.backends, blobs=blobs)
        place = Scope(ACCOUNT, "us-east-1", JOBS.service, JOBS.kind)
        for name, status in (("atwork", "IN_PROGRESS"), ("ended", "COMPLETED")):
            job = Put(scope=place, name=name, document={"status": status})
            await backends.records.write(job)
        of = {
            name: Results(backends, place._replace(kind=f"text-translation-result/{name}"))
            for name in ("atwork", "ended", "lost")
        }
        for results in of.values():
            await results.keep("fr", "a.txt", {"characters": 3}, b"oui")

        before = await live_blobs(backends, ACCOUNT)
        await drop_of_ended(backends, JOBS)

        left = {name: await results.find("fr", "a.txt") for name, results in of.items()}
        assert len(before) == 3
        assert len(await live_blobs(backends)) == 1
        assert [name for name, result in left.items() if result] == ["atwork"]
        await blobs.close()
