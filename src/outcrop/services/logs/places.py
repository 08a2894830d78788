"""Where groups and streams are kept, and how they are found.

A group and a stream have an id beside their name, and what lies below them is kept under the id: a
group that is deleted and made anew starts empty.
"""

import uuid
from datetime import datetime
from typing import Any

from outcrop.aws.arn import Arn
from outcrop.operations import Call
from outcrop.operations.records import change
from outcrop.services.logs import shapes
from outcrop.storage.records.interface import Document, Record, RecordNotFoundError, Scope

NO_GROUP = "The specified log group does not exist."
NO_STREAM = "The specified log stream does not exist."
INVALID_TOKEN = "The specified nextToken is invalid."  # noqa: S105 - a message
MOST_DESCRIBED = 50


def invalid_token() -> shapes.InvalidParameterException:
    """Return the error for a page token that is not one of ours."""
    return shapes.InvalidParameterException(INVALID_TOKEN)


def new_id() -> str:
    """Return an id that no other group or stream has."""
    return uuid.uuid4().hex


def milliseconds(moment: datetime) -> int:
    """Return a moment as CloudWatch Logs counts: milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def scope(call: Call, kind: str) -> Scope:
    """Return the scope of a kind of this call's account and region."""
    return Scope(call.account, call.region, "logs", kind)


def groups(call: Call) -> Scope:
    """Return where the groups are."""
    return scope(call, "group")


def streams(call: Call, group: Record) -> Scope:
    """Return where a group's streams are."""
    return scope(call, f"stream/{group.document['id']}")


def group_arn(call: Call, name: str) -> str:
    """Return a group's ARN, as tags know it."""
    return call.arn(f"log-group:{name}")


async def find_group(call: Call, name: str) -> Record:
    """Return a group.

    Raises:
        ResourceNotFoundException: There is none.
    """
    group = await call.backends.records.find(groups(call), name)
    if group is None:
        raise shapes.ResourceNotFoundException(NO_GROUP)
    return group


async def find_stream(call: Call, group: Record, name: str) -> Record:
    """Return a stream of a group.

    Raises:
        ResourceNotFoundException: There is none.
    """
    stream = await call.backends.records.find(streams(call, group), name)
    if stream is None:
        raise shapes.ResourceNotFoundException(NO_STREAM)
    return stream


async def change_group(call: Call, name: str, changes: Document) -> None:
    """Overwrite members of a group's document; `None` removes one.

    Raises:
        ResourceNotFoundException: There is no such group.
    """

    def changed(document: Document) -> Document:
        return {k: v for k, v in {**document, **changes}.items() if v is not None}

    try:
        await change(call.backends.records, groups(call), name, changed)
    except RecordNotFoundError as error:
        raise shapes.ResourceNotFoundException(NO_GROUP) from error


def named_group(request: Any) -> str:
    """Return the group's name from a request that gives its name or its identifier.

    Raises:
        InvalidParameterException: The request gives both or neither.
    """
    name, identifier = request.get("logGroupName"), request.get("logGroupIdentifier")
    if name and identifier:
        raise shapes.InvalidParameterException(
            "LogGroup name and LogGroup ARN are mutually exclusive parameters."
        )
    if not name and not identifier:
        raise shapes.InvalidParameterException(
            "Either LogGroup name or LogGroup identifier must be given."
        )
    return name or name_in(identifier)


def name_in(identifier: str) -> str:
    """Return a group's name from its name or its ARN, with or without the `:*` behind it.

    Raises:
        InvalidParameterException: It is the ARN of something else.
    """
    if not identifier.startswith("arn:"):
        return identifier
    try:
        resource = Arn.parse(identifier).resource
    except ValueError as error:
        raise shapes.InvalidParameterException(str(error)) from error
    if not resource.startswith("log-group:"):
        raise shapes.InvalidParameterException(f"{identifier} is not the ARN of a log group.")
    return resource.removeprefix("log-group:").split(":")[0]
