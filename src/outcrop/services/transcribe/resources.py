"""What all resources of Transcribe share: a name that is their own, times, tags.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazontranscribe.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, speech_words
from outcrop.operations.paging import PageRequest, page_of, place_in_time
from outcrop.operations.records import change, every
from outcrop.services.transcribe import shapes
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    Scope,
)

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
    taken: str
    """What AWS says of a name that is given again."""
    is_bad_request: bool = False
    """Whether it says so by a BadRequestException, not by a NotFoundException."""


JOB = ResourceKind(
    "transcription-job",
    "The requested job couldn't be found. Check the job name and try your request again.",
    "The requested job name already exists. Use a different job name.",
    is_bad_request=True,
)
VOCABULARY = ResourceKind(
    speech_words.VOCABULARY,
    "The requested vocabulary couldn't be found. Check the vocabulary name and try your request"
    " again.",
    "The requested vocabulary name already exists. Use a different vocabulary name.",
)
VOCABULARY_FILTER = ResourceKind(
    speech_words.VOCABULARY_FILTER,
    "The requested vocabulary filter couldn't be found. Check the vocabulary filter name and try"
    " your request again.",
    "The requested vocabulary filter name already exists. Use a different vocabulary filter name.",
)
CALL_JOB = ResourceKind("analytics", JOB.missing, JOB.taken, is_bad_request=True)
CATEGORY = ResourceKind(
    "analytics-category",
    "The requested category couldn't be found. Check the category name and try your request again.",
    "The requested category name already exists. Use a different category name.",
)
KINDS = (JOB, VOCABULARY, VOCABULARY_FILTER, CALL_JOB, CATEGORY)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How resources of a kind are listed, the youngest first."""

    kind: ResourceKind
    member: str
    """Of the answer, that has them."""
    tell: Callable[[Call, Record], Any]
    by: str = "updated"
    """The member of their documents that tells their age."""
    state: Callable[[Document], str] | None = None
    """Returns the state that they are filtered by; `None`: they have none."""

    async def page(self, call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer with the page that a request asks for, of the caller's resources."""
        state = request.get("Status", request.get("StateEquals"))
        part = request.get("NameContains", request.get("JobNameContains"))

        def keep(record: Record) -> bool:
            is_in_state = (
                state is None or self.state is None or self.state(record.document) == state
            )
            return is_in_state and (part is None or part.lower() in record.name.lower())

        def age(record: Record) -> str:
            return place_in_time(record.document[self.by], record.name)

        records = every(call.backends.records, scope(call, self.kind))
        found = sorted([one async for one in records if keep(one)], key=age, reverse=True)
        asked = PageRequest(
            limit=request.get("MaxResults", DEFAULT_RESULTS),
            token=request.get("NextToken"),
            error=shapes.BadRequestException("The next token that you provided isn't valid."),
        )
        page = page_of(found, key=age, page=asked, descending=True)
        answer: dict[str, Any] = {self.member: [self.tell(call, one) for one in page.items]}
        if state is not None:
            answer["Status"] = state
        if page.next_token:
            answer["NextToken"] = page.next_token
        return answer


async def create(call: Call, kind: ResourceKind, name: str, document: Document) -> None:
    """Keep a new resource.

    Raises:
        ServiceError: There is one of this name.
    """
    new = Create(scope=scope(call, kind), name=name, document=document)
    try:
        await call.backends.records.write(new)
    except RecordExistsError as error:
        raise shapes.ConflictException(kind.taken) from error


async def delete(call: Call, kind: ResourceKind, name: str) -> None:
    """Delete a resource; what has begun with it goes on.

    Raises:
        ServiceError: There is none.
    """
    record = await find(call, kind, name)
    gone = Delete(scope=record.scope, name=record.name, must_exist=False)
    await call.backends.records.write(gone)


async def replace_document(
    call: Call, kind: ResourceKind, name: str, changed: Callable[[Document], Document]
) -> Record:
    """Return a resource with another document.

    Raises:
        ServiceError: There is none.
    """
    try:
        return await change(call.backends.records, scope(call, kind), name, changed)
    except RecordNotFoundError as error:
        raise not_found(kind) from error
