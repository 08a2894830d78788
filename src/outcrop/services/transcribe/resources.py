"""What all resources of Transcribe share: a name that is their own, times, tags.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazontranscribe.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, speech_words
from outcrop.operations.paging import Page, PageRequest, page_of
from outcrop.operations.records import every
from outcrop.services.transcribe import shapes
from outcrop.storage.records.interface import Record, Scope

SERVICE = "transcribe"
DEFAULT_RESULTS = 5
"""On a page, where a request asks for no number."""


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """One kind of resource."""

    name: str
    """As ARNs have it."""
    missing: str
    """What AWS says of one that is not there."""
    is_bad_request: bool = False
    """Whether it says so by a BadRequestException, not by a NotFoundException."""


JOB = ResourceKind(
    "transcription-job",
    "The requested job couldn't be found. Check the job name and try your request again.",
    is_bad_request=True,
)
VOCABULARY = ResourceKind(
    speech_words.VOCABULARY,
    "The requested vocabulary couldn't be found. Check the vocabulary name and try your request"
    " again.",
)
VOCABULARY_FILTER = ResourceKind(
    speech_words.VOCABULARY_FILTER,
    "The requested vocabulary filter couldn't be found. Check the vocabulary filter name and try"
    " your request again.",
)
KINDS = (JOB, VOCABULARY, VOCABULARY_FILTER)


def scope(call: Call, kind: ResourceKind) -> Scope:
    """Return where a kind of records of the caller's account and region is."""
    return Scope(call.account, call.region, SERVICE, kind.name)


def not_found(kind: ResourceKind) -> ServiceError:
    """Return the error for a resource that is not there."""
    if kind.is_bad_request:
        return shapes.BadRequestException(kind.missing)
    return shapes.NotFoundException(kind.missing)


async def find(call: Call, kind: ResourceKind, name: str) -> Record:
    """Return a resource.

    Raises:
        ServiceError: There is none.
    """
    record = await call.backends.records.find(scope(call, kind), name)
    if record is None:
        raise not_found(kind)
    return record


async def page_of_resources(
    call: Call,
    kind: ResourceKind,
    request: Mapping[str, Any],
    *,
    keep: Callable[[Record], bool],
    by: str,
) -> Page[Record]:
    """Return a page of resources, the youngest first.

    Args:
        call: Whose they are.
        kind: What they are.
        request: Which page.
        keep: Which of them count.
        by: The member of their documents that tells their age.
    """

    def age(record: Record) -> str:
        return f"{record.document[by].timestamp():020.6f}/{record.name}"

    records = every(call.backends.records, scope(call, kind))
    found = sorted([one async for one in records if keep(one)], key=age, reverse=True)
    page = PageRequest(
        limit=request.get("MaxResults", DEFAULT_RESULTS),
        token=request.get("NextToken"),
        error=shapes.BadRequestException("The next token that you provided isn't valid."),
    )
    return page_of(found, key=age, page=page, descending=True)


def has_part(record: Record, part: str | None) -> bool:
    """Tell whether a resource's name contains some letters, of either case."""
    return part is None or part.lower() in record.name.lower()
