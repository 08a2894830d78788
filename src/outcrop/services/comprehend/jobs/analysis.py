"""The work of a job: read documents, analyse them some at a time, write what was found."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from outcrop.operations import Call
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.comprehend.jobs.documents import Document, Source
from outcrop.services.comprehend.jobs.results import USUAL_FORM, ResultForm, write_archive

Analyze = Callable[[Call, Sequence[str], Mapping[str, Any]], Awaitable[Sequence[Mapping[str, Any]]]]
"""Returns what results say of each text: (call, texts, the request that began the job)."""

BATCH_DOCUMENTS = 32
BATCH_CHARACTERS = 100_000
LONG_DOCUMENT_BYTES = 1 << 20
SHORT_DOCUMENT_BYTES = 5_000
"""For sentiment.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/guidelines-and-limits.html
"""


async def analyze_all(
    job: ServiceJob, analyze: Analyze, *, limit: int, form: ResultForm = USUAL_FORM
) -> Mapping[str, Any]:
    """Analyse a job's documents and write their results to the place in its record.

    Of a job that is stopped, the results of the documents that were analysed until then.
    """
    source = Source(job.call, job.document["request"]["InputDataConfig"], limit)

    async def analyze_into(path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            for each in await source.files():
                async for batch in batches(source.documents(*each)):
                    file.writelines(await _lines(job, analyze, batch, form))

    with tempfile.TemporaryDirectory(prefix="outcrop-comprehend-") as folder:
        output = Path(folder) / form.member
        is_whole = await job.until_stopped(analyze_into(output))
        if is_whole or output.stat().st_size:
            await _write(job, output)
    return {}


async def _write(job: ServiceJob, output: Path) -> None:
    place = job.document["output"]
    if not await job.until_stopped(write_archive(job.call, place, output)):
        await write_archive(job.call, place, output)  # The first was cut short.


async def _lines(
    job: ServiceJob, analyze: Analyze, batch: Sequence[Document], form: ResultForm
) -> list[str]:
    told = [document for document in batch if not document.is_blank]
    texts = [document.text for document in told if document.error is None]
    found = iter(await analyze(job.call, texts, job.document["request"]) if texts else ())
    return [
        form.error_line(document) if document.error else form.result_line(document, next(found))
        for document in told
    ]


async def batches(documents: AsyncIterator[Document]) -> AsyncIterator[list[Document]]:
    """Give documents together, as many as are analysed at a time."""
    batch: list[Document] = []
    async for document in documents:
        batch.append(document)
        characters = sum(len(each.text) for each in batch)
        if len(batch) == BATCH_DOCUMENTS or characters > BATCH_CHARACTERS:
            yield batch
            batch = []
    if batch:
        yield batch
