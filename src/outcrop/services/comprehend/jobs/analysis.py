"""The work of a job: read documents, analyse them some at a time, write what was found."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Mapping, Sequence
from pathlib import Path
from typing import Any

from outcrop.operations import Call
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.comprehend.documents.kinds import FileKind
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
    job: ServiceJob,
    analyze: Analyze,
    *,
    limit: int,
    form: ResultForm = USUAL_FORM,
    takes: Container[FileKind] = (),
) -> Mapping[str, Any]:
    """Analyse a job's documents and write their results to the place in its record.

    Of a job that is stopped, the results of the documents that were analysed until then.

    Args:
        job: At work.
        analyze: What finds something in texts.
        limit: The most bytes that a text may have.
        form: How results are written.
        takes: See `Source.takes`.
    """
    source = Source(job.call, job.document["request"]["InputDataConfig"], limit, takes)

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
    lines: list[str] = []
    for document in told:
        if document.error:
            lines.append(form.error_line(document))
        elif document.page is None:
            lines.append(form.result_line(document, next(found)))
        else:  # Which may take a moment.
            lines.append(await asyncio.to_thread(form.result_line, document, next(found)))
    return lines


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
