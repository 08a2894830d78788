"""What terminologies and parallel data share: a name, an ARN, tags, times.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazontranslate.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call
from outcrop.operations.paging import PageRequest, page_of_records
from outcrop.operations.tags import TagRules
from outcrop.services.translate import shapes
from outcrop.storage.records.interface import Document, Record, Scope

MOST_RESULTS = 500
"""On a page, where a request does not say."""


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """One kind of resource."""

    name: str
    """As ARNs have it: `terminology`."""
    title: str
    """As messages have it."""
    listed_as: str
    """The member of the answers that list them."""
    suffix: str = ""
    """Behind the name, in ARNs."""


TERMINOLOGY = ResourceKind(
    "terminology", "terminology", "TerminologyPropertiesList", suffix="/LATEST"
)
PARALLEL_DATA = ResourceKind(
    "parallel-data", "parallel data resource", "ParallelDataPropertiesList"
)
KINDS = (TERMINOLOGY, PARALLEL_DATA)


def scope(call: Call, kind: ResourceKind) -> Scope:
    """Return where a kind of records of the caller's account and region is."""
    return Scope(call.account, call.region, "translate", kind.name)


def arn_of(call: Call, kind: ResourceKind, name: str) -> str:
    """Return the ARN of a resource of the caller's account and region."""
    return call.arn(f"{kind.name}/{name}{kind.suffix}", service="translate")


def not_found(kind: ResourceKind, name: str) -> ServiceError:
    """Return the error for a resource that is not there."""
    return shapes.ResourceNotFoundException(f"The {kind.title} {name} does not exist.")


def contended(kind: ResourceKind, name: str) -> ServiceError:
    """Return the error for a resource that another request changed meanwhile."""
    return shapes.ConcurrentModificationException(
        f"The {kind.title} {name} is being changed by another request; try again."
    )


async def find(call: Call, kind: ResourceKind, name: str) -> Record:
    """Return a resource by its name.

    Raises:
        ServiceError: There is none.
    """
    record = await call.backends.records.find(scope(call, kind), name)
    if record is None:
        raise not_found(kind, name)
    return record


async def listed(
    call: Call, kind: ResourceKind, request: Any, tell: Callable[[Call, Document], Any]
) -> Any:
    """Answer with a page of the resources of a kind, by name."""
    page = await page_of_records(
        call.backends.records,
        scope(call, kind),
        PageRequest(
            limit=request.get("MaxResults", MOST_RESULTS),
            token=request.get("NextToken"),
            error=shapes.InvalidParameterValueException("The NextToken is invalid."),
        ),
    )
    answer: dict[str, Any] = {
        kind.listed_as: [tell(call, record.document) for record in page.items]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


checked_tags = TagRules(
    reserved=lambda key: shapes.InvalidParameterValueException(
        f"The tag key {key} is invalid: keys that begin with aws: are reserved."
    ),
    repeated=lambda key: shapes.InvalidParameterValueException(
        f"The tag key {key} is given twice."
    ),
    too_many=lambda arn: shapes.TooManyTagsException(
        "A resource may have at most 50 tags.", ResourceArn=arn
    ),
).together
