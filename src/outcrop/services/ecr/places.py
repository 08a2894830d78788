"""Where repositories and their images are kept, and how a repository is found."""

from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call
from outcrop.operations.paging import PageRequest
from outcrop.services.ecr import shapes
from outcrop.storage.records.interface import Record, Scope

MOST_ITEMS = 100
INVALID_TOKEN = "Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid nextToken'"  # noqa: S105 - a message


def scope(call: Call, kind: str) -> Scope:
    """Return the scope of a kind of the call's account and region."""
    return Scope(call.account, call.region, "ecr", kind)


def repositories(call: Call) -> Scope:
    """Return where the repositories are."""
    return scope(call, "repository")


def images(call: Call, repository: Record) -> Scope:
    """Return where a repository's images are, by digest."""
    return scope(call, f"image/{repository.document['id']}")


def tags(call: Call, repository: Record) -> Scope:
    """Return where a repository's image tags are: each knows its digest."""
    return scope(call, f"image-tag/{repository.document['id']}")


def no_repository(call: Call, name: str, registry: str) -> shapes.RepositoryNotFoundException:
    """Return the error for a repository that is not there."""
    del call
    return shapes.RepositoryNotFoundException(
        f"The repository with name '{name}' does not exist in the registry with id '{registry}'"
    )


async def find_repository(call: Call, request: Mapping[str, Any]) -> Record:
    """Return the repository that a request names.

    Raises:
        RepositoryNotFoundException: There is none.
    """
    name, registry = request["repositoryName"], request.get("registryId", call.account)
    record = None
    if registry == call.account:
        record = await call.backends.records.find(repositories(call), name)
    if record is None:
        raise no_repository(call, name, registry)
    return record


def page_request(request: Mapping[str, Any]) -> PageRequest:
    """Return which page a request asks for."""
    return PageRequest(
        limit=request.get("maxResults", MOST_ITEMS),
        token=request.get("nextToken"),
        error=shapes.InvalidParameterException(INVALID_TOKEN),
    )
