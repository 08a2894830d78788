"""Records of adapters and of their versions: where they are, and how they are found and listed.

Source: https://docs.aws.amazon.com/textract/latest/dg/textract-using-adapters.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from outcrop.operations import Call
from outcrop.operations.paging import Page, PageRequest, page_of_records
from outcrop.operations.records import change
from outcrop.operations.tags import TagRules
from outcrop.services.textract import shapes
from outcrop.services.textract.async_jobs import INVALID_TOKEN, SERVICE
from outcrop.storage.records.interface import Document, Record, RecordNotFoundError, Scope

MOST_RESULTS = 100
MOST_TAGS = 200
VERSION_DIGITS = 8
ARN_RESOURCE = "/adapters/"
VERSIONS = "/versions/"

checked_tags = TagRules(
    reserved=lambda key: shapes.InvalidParameterException(
        f"Tag keys must not start with aws:, as {key} does."
    ),
    too_many=lambda _: shapes.ServiceQuotaExceededException(
        f"An adapter has at most {MOST_TAGS} tags."
    ),
    most=MOST_TAGS,
).together


def scope_of_adapters(call: Call) -> Scope:
    """Return where the caller's adapters are."""
    return Scope(call.account, call.region, SERVICE, "adapter")


def scope_of_versions(call: Call) -> Scope:
    """Return where the versions of the caller's adapters are; see `version_name`."""
    return Scope(call.account, call.region, SERVICE, "adapter-version")


def version_name(adapter: str, version: str) -> str:
    """Return the name of a version's record: in the order of their numbers.

    Args:
        adapter: Its id.
        version: Its number; empty for what the names of all begin with.
    """
    return f"{adapter}/{version.rjust(VERSION_DIGITS, '0') if version else ''}"


def place_of(call: Call, arn: str) -> tuple[Scope, str]:
    """Return where the record of an adapter or of a version is, and its name, by its ARN.

    Raises:
        ResourceNotFoundException: It is no ARN of this account and region.
    """
    start = call.arn(ARN_RESOURCE)
    if not arn.startswith(start):
        raise missing(arn)
    adapter, is_version, version = arn.removeprefix(start).partition(VERSIONS)
    if is_version:
        return scope_of_versions(call), version_name(adapter, version)
    return scope_of_adapters(call), adapter


async def find_adapter(call: Call, name: str) -> Record:
    """Return an adapter.

    Raises:
        ResourceNotFoundException: It is not there.
    """
    adapter = await call.backends.records.find(scope_of_adapters(call), name)
    if adapter is None:
        raise missing(name)
    return adapter


async def change_record(
    call: Call, place: Scope, name: str, changed: Callable[[Document], Document]
) -> Record:
    """Change an adapter or a version, and return it.

    Raises:
        ResourceNotFoundException: It is not there.
    """
    try:
        return await change(call.backends.records, place, name, changed)
    except RecordNotFoundError as error:
        raise missing(name) from error


async def page_of_span(
    call: Call, place: Scope, request: Mapping[str, Any], *, prefix: str = ""
) -> Page[Record]:
    """Return a page of the records that were made in the span of time of a List… request."""
    after, before = request.get("AfterCreationTime"), request.get("BeforeCreationTime")

    def keep(record: Record) -> bool:
        created = record.document["created"]
        return (after is None or created > after) and (before is None or created < before)

    return await page_of_records(
        call.backends.records,
        place,
        PageRequest(
            limit=min(request.get("MaxResults", MOST_RESULTS), MOST_RESULTS),
            token=request.get("NextToken"),
            error=shapes.InvalidParameterException(INVALID_TOKEN),
        ),
        prefix=prefix,
        keep=keep,
    )


def check_repeated(made: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    """Refuse a request that has another one's token.

    Raises:
        IdempotentParameterMismatchException: It asks for something else than the first did.
    """
    if made != asked:
        raise shapes.IdempotentParameterMismatchException(
            "The ClientRequestToken was used with other parameters."
        )


def moment(call: Call) -> Any:
    """Return the present moment as answers tell it: to the millisecond."""
    now = call.backends.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def missing(name: str) -> Exception:
    """Return the error for an adapter, or a version of one, that is not there."""
    return shapes.ResourceNotFoundException(f"The adapter {name} is not there.")
