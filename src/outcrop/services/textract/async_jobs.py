"""Jobs over documents of many pages: what Start… begins and Get… tells, whatever is looked for.

Source: https://docs.aws.amazon.com/textract/latest/dg/api-async.html
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.engines.workers.engine import RefusedInputError
from outcrop.operations import Call
from outcrop.operations.analysis_jobs import TokenReusedError, begin, fetched, news_of
from outcrop.operations.paging import from_token, to_token
from outcrop.operations.service_jobs import JobFailedError, JobFamily, JobStates, ServiceJob
from outcrop.services.textract import shapes
from outcrop.services.textract.documents import INVALID, INVALID_OBJECT
from outcrop.services.textract.job_results import (
    ResultWriter,
    job_status,
    read_results,
    write_output,
)
from outcrop.services.textract.pages import ReadPage, read_page
from outcrop.storage.records.interface import Document

SERVICE = "textract"
STATES = JobStates(waiting="WAITING", working="IN_PROGRESS", done="SUCCEEDED", failed="FAILED")
MOST_BYTES = 500 << 20
MOST_PAGES = 3000
"""Source of both: https://docs.aws.amazon.com/textract/latest/dg/limits-document.html"""
INVALID_JOB = "Request has invalid Job Id"
INVALID_TOKEN = "Request has invalid pagination token"  # noqa: S105 - what a caller is told
UNREADABLE_PAGE = "UNREADABLE_PAGE"
INVALID_REQUEST = "INVALID_REQUEST_PARAMETERS"
"""Source: https://docs.aws.amazon.com/textract/latest/dg/API_GetDocumentAnalysis.html"""

Find = Callable[[ServiceJob, ReadPage, int], Awaitable[list[Any]]]
"""Returns what a job finds on a page: (job, page, pages of the document)."""
NeedsImage = Callable[[ServiceJob], bool]
"""Tells whether a job looks at pages that it need not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One kind of asynchronous job."""

    family: JobFamily
    member: str
    """Of answers, that holds what was found: `Blocks`."""
    version: str
    """The member of answers that names the model."""
    most: int
    """Items of an answer, at most and by default."""


@dataclass(frozen=True, slots=True)
class Finder:
    """What a kind of job does on every page."""

    find: Find
    needs_image: NeedsImage
    note: Callable[[Any], Any] | None = None
    """Returns what the job's record remembers of an item, in its `notes`; `None`: nothing."""
    wrong_pages: Callable[[ServiceJob, int], Sequence[int]] = lambda _job, _pages: ()
    """Returns the pages of which the request asks what cannot be answered: (job, pages)."""


def api(operation: str, kind: str, finder: Finder, *, member: str, version: str, most: int) -> Api:
    """Return a kind of job.

    Args:
        operation: That begins it: `StartDocumentAnalysis`.
        kind: Of its records.
        finder: Finds what is looked for on a page.
        member: See `Api`, as are `version` and `most`.
        version: See there.
        most: See there.
    """

    async def work(job: ServiceJob) -> Mapping[str, Any]:
        return await _work(job, finder, member)

    family = JobFamily(
        service=SERVICE,
        kind=kind,
        operation=operation,
        states=STATES,
        work=work,
        news=partial(news_of, member="DocumentLocation"),
    )
    return Api(family=family, member=member, version=version, most=most)


async def start(call: Call, which: Api, request: Mapping[str, Any]) -> str:
    """Begin a job and return its id, or that of the one which has the request's token.

    Raises:
        InvalidS3ObjectException: The document, or the bucket of the output, is not there.
        IdempotentParameterMismatchException: The token was used for something else.
    """
    place = request["DocumentLocation"].get("S3Object", {})
    if "Bucket" not in place or "Name" not in place:
        raise shapes.InvalidParameterException(INVALID)
    version = {"VersionId": place["Version"]} if "Version" in place else {}
    try:
        await call.ask("s3", "HeadObject", Bucket=place["Bucket"], Key=place["Name"], **version)
        if "OutputConfig" in request:
            await call.ask("s3", "HeadBucket", Bucket=request["OutputConfig"]["S3Bucket"])
    except ServiceError as error:
        raise shapes.InvalidS3ObjectException(INVALID_OBJECT) from error
    try:
        job = await begin(call, which.family, request)
    except TokenReusedError as error:
        raise shapes.IdempotentParameterMismatchException(
            "The ClientRequestToken was used with other parameters."
        ) from error
    return job.name


async def told(call: Call, which: Api, request: Mapping[str, Any]) -> Any:
    """Return what a Get operation answers.

    Raises:
        InvalidJobIdException: There is no such job of this kind.
        InvalidParameterException: The token is not one of ours.
    """
    document = await find_job(call, which, request["JobId"])
    if document["status"] != STATES.done:
        return told_without_results(document)
    limit = min(request.get("MaxResults", which.most), which.most)
    items, following = await read_results(
        call.backends.blobs, document, start=_place(request, document), limit=limit
    )
    answer: dict[str, Any] = {
        "DocumentMetadata": {"Pages": document["pages"]},
        "JobStatus": job_status(document),
        which.member: items,
        which.version: "1.0",
    }
    if document["warnings"]:
        answer["Warnings"] = document["warnings"]
    if following is not None:
        answer["NextToken"] = to_token(str(following))
    return answer


def _place(request: Mapping[str, Any], document: Document) -> int:
    refusal = shapes.InvalidParameterException(INVALID_TOKEN)
    place = from_token(request.get("NextToken"), error=refusal) or "0"
    if not place.isdecimal() or not 0 <= int(place) <= document["count"]:
        raise refusal
    return int(place)


async def find_job(call: Call, which: Api, job_id: str) -> Document:
    """Return what is known of a job.

    Raises:
        InvalidJobIdException: There is no such job of this kind.
    """
    job = await call.backends.records.find(which.family.scope(call), job_id)
    if job is None:
        raise shapes.InvalidJobIdException(INVALID_JOB)
    return job.document


def told_without_results(document: Document) -> Any:
    """Return what is answered for a job that has not ended well."""
    if document["status"] == STATES.failed:
        return {"JobStatus": "FAILED", "StatusMessage": document["message"]}
    return {"JobStatus": "IN_PROGRESS"}


async def _work(job: ServiceJob, finder: Finder, member: str) -> Mapping[str, Any]:
    """Read a job's document page by page and return what its record gets."""
    engines = job.call.backends.engines
    results = ResultWriter(job.call.backends.blobs)
    needs_image = finder.needs_image(job)
    unreadable: list[int] = []
    notes: list[Any] = []
    async with fetched(job, "DocumentLocation", limit=MOST_BYTES) as document:
        pages = await engines.document_pages.count(document)
        if pages > MOST_PAGES:
            raise JobFailedError(f"The document has {pages} pages; at most {MOST_PAGES} are read.")
        for number in range(1, pages + 1):
            try:
                page = await read_page(engines, document, number, needs_image=needs_image)
                found = await finder.find(job, page, pages)
                await results.add(found)
                if finder.note is not None:
                    notes += map(finder.note, found)
            except RefusedInputError:
                if pages == 1:
                    raise
                unreadable.append(number)
    if len(unreadable) == pages:
        raise JobFailedError("No page of the document can be read.")
    await results.end()
    members = {
        "pages": pages,
        "count": results.count,
        "results": results.blob_ids,
        **({"notes": notes} if finder.note is not None else {}),
        "warnings": [
            {"ErrorCode": code, "Pages": wrong}
            for code, wrong in (
                (UNREADABLE_PAGE, unreadable),
                (INVALID_REQUEST, [*finder.wrong_pages(job, pages)]),
            )
            if wrong
        ],
    }
    await write_output(job.call, job.id, {**job.document, **members}, member)
    return members
