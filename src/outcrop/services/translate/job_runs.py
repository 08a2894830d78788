"""The work of translation jobs: every document of a folder into every target language.

Source: https://docs.aws.amazon.com/translate/latest/dg/async-results.html
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations.service_jobs import JobFailedError, JobFamily, JobStates, ServiceJob
from outcrop.services.translate import shapes
from outcrop.services.translate.document_kinds import KINDS
from outcrop.services.translate.document_texts import passages_of, written
from outcrop.services.translate.job_places import (
    DETAILS,
    Folder,
    source_names,
    target_folder,
    target_name,
)
from outcrop.services.translate.job_results import BLOB, Results, tidy
from outcrop.services.translate.parallel_data import examples_of
from outcrop.services.translate.sources import pair_of
from outcrop.services.translate.translating import Manner, Translated, manner_of, translated

MOST_DOCUMENT_BYTES = 20 << 20
"""Source: https://docs.aws.amazon.com/translate/latest/dg/async-prereqs.html"""
MARKED_UP = frozenset(("txt", "html"))
"""What is text from end to end: all of it counts as translated, tags too."""
SERVER_FAULTS = ("InternalServerException", "ServiceUnavailableException")
DONE, DONE_WITH_ERRORS = "COMPLETED", "COMPLETED_WITH_ERROR"


async def work(job: ServiceJob) -> Mapping[str, Any]:
    """Translate the documents, write all translations at the end, and return what is told."""
    source = Folder.of(job.document["input"]["S3Uri"])
    names = await source_names(job.call, source)
    if not names:
        raise JobFailedError(f"The input folder {source.uri} has no documents.")
    if any(DETAILS in name.split("/")[:-1] for name, _ in names):
        raise JobFailedError(f"No folder of the input may be named {DETAILS!r}.")
    run = _Run(job, source, await _manner(job))
    for at, (name, size) in enumerate(names):
        for language in job.document["targets"]:
            await run.translate(name, size, language)
        await job.note(counts=_counts(len(names), at + 1, len(run.failed)))
    for language in job.document["targets"]:
        await run.write(language)
    return {
        "counts": _counts(len(names), len(names), len(run.failed)),
        "result": DONE_WITH_ERRORS if run.failed else DONE,
    }


async def _tidy(job: ServiceJob) -> None:
    await tidy(job.call, job.record, JOBS.states)


JOBS = JobFamily(
    service="translate",
    kind="text-translation-job",
    operation="StartTextTranslationJob",
    states=JobStates(
        waiting="SUBMITTED",
        working="IN_PROGRESS",
        done=DONE,
        failed="FAILED",
        stopping="STOP_REQUESTED",
        stopped="STOPPED",
    ),
    work=work,
    on_end=_tidy,
)


async def _manner(job: ServiceJob) -> Manner:
    request = job.document["request"]
    manner = await manner_of(job.call, request)
    names = request.get("ParallelDataNames", [])
    if not names:
        return manner
    return replace(manner, examples=await examples_of(job.call, names[0]))


def _counts(inputs: int, done: int, failed: int) -> dict[str, int]:
    return {
        "InputDocumentsCount": inputs,
        "TranslatedDocumentsCount": done - failed,
        "DocumentsWithErrorsCount": failed,
    }


class _Run:
    """A job at work."""

    def __init__(self, job: ServiceJob, source: Folder, manner: Manner) -> None:
        self._job = job
        self._source = source
        self._manner = manner
        self._results = Results.of_job(job.call.backends, job.record)
        self.failed: set[str] = set()
        """The documents that could not be translated into every language."""

    async def translate(self, name: str, size: int, language: str) -> None:
        """Translate a document into a language, unless that was done before."""
        if (before := await self._results.find(language, name)) is not None:
            if "error" in before:
                self.failed.add(name)
            return
        try:
            if size > MOST_DOCUMENT_BYTES:
                raise shapes.InvalidRequestException("The document has more than 20 MB.")
            content = await self._job.call.objects.read(
                self._source.bucket, self._source.prefix + name
            )
            body, done, characters = await self._translated(content, language)
        except ServiceError as error:
            told = {"error": {"errorCode": error.code, "errorMessage": error.message}}
            await self._results.keep(language, name, told)
            self.failed.add(name)
            return
        told = {"auxiliary": _auxiliary(done), "characters": characters}
        await self._results.keep(language, name, told, body)

    async def _translated(self, content: bytes, language: str) -> tuple[bytes, Translated, int]:
        """Return the new document, what was done, and how many characters the old one has."""
        document = self._job.document
        kind = KINDS[document["input"]["ContentType"]]
        passages = await passages_of(self._job.call, content, kind)
        text = " ".join(run for passage in passages for run in passage.runs)
        pair = await pair_of(self._job.call, text, document["source"], language)
        done = await translated(self._job.call, passages, pair, self._manner)
        # An Office file is an archive: its bytes are no characters, only its texts are.
        characters = (
            len(content.decode(errors="ignore"))
            if kind in MARKED_UP
            else sum(len(run) for passage in passages for run in passage.runs)
        )
        return await written(self._job.call, content, kind, done.passages), done, characters

    async def write(self, language: str) -> None:
        """Write the translations into a language, and behind them what is told of them."""
        job, objects = self._job, self._job.call.objects
        target = target_folder(job.document["output"]["S3Uri"], job.call.account, job.id)
        details: list[Mapping[str, Any]] = []
        characters, faults = 0, {True: 0, False: 0}
        async for result in self._results.of(language):
            name = result["source"]
            if BLOB not in result:
                faults[result["error"]["errorCode"] in SERVER_FAULTS] += 1
                auxiliary = {"error": result["error"]}
                details.append({"sourceFile": name, "auxiliaryData": auxiliary})
                continue
            written_as = target_name(name, language)
            await objects.write(
                target.bucket,
                target.prefix + written_as,
                self._results.body(result),
                content_type=job.document["input"]["ContentType"],
            )
            characters += result["characters"]
            details.append(
                {
                    "sourceFile": name,
                    "targetFile": written_as,
                    "auxiliaryData": result["auxiliary"],
                }
            )
        told = {
            "sourceLanguageCode": job.document["source"],
            "targetLanguageCode": language,
            "charactersTranslated": str(characters),
            "documentCountWithCustomerError": str(faults[False]),
            "documentCountWithServerError": str(faults[True]),
            "inputDataPrefix": self._source.uri.removesuffix("/"),
            "outputDataPrefix": target.uri,
            "details": details,
        }
        await objects.write(
            target.bucket,
            f"{target.prefix}{DETAILS}/{language}.auxiliary-translation-details.json",
            json.dumps(told, ensure_ascii=False).encode(),
            content_type="application/json",
        )


def _auxiliary(done: Translated) -> Mapping[str, Any]:
    """Return what is told of one document: its terms."""
    if done.manner.terminology is None:
        return {}
    terms = [{"sourceText": term.source, "targetText": term.target} for term in done.terms]
    return {"appliedTerminologies": [{"name": done.manner.terminology.name, "terms": terms}]}
