"""Responses that are remembered, so that the next one may go on from them.

Source: OpenAI API reference, "Create a model response", parameters store and previous_response_id
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from outcrop.operations import Backends, Call
from outcrop.operations.records import every
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.responses_api.telling import Response
from outcrop.storage.records.interface import Create, Delete, Scope

SERVICE = "bedrock-runtime"
KIND = "openai-response"
KEPT = timedelta(days=30)
"""Source: OpenAI platform documentation, "Your data", default retention of responses."""
LONGEST_CHAIN = 1000


async def remember(call: Call, response: Response, items: Sequence[Any], told: Any) -> None:
    """Keep a response, with the input that it answers.

    Args:
        call: Whose it is.
        response: Its id.
        items: The input of its own turn; what came before is kept with the responses before.
        told: The response object.
    """
    document = {"items": list(items), "response": told}
    await call.backends.records.write(
        Create(scope=_scope(call), name=response.id, document=document)
    )


async def conversation(call: Call, response_id: str) -> list[Any]:
    """Return all items up to a response's end, the oldest first; none for no id.

    Raises:
        ServiceError: A response of the chain is not there.
    """
    turns: list[list[Any]] = []
    while response_id:
        document = await find(call, response_id)
        response = document["response"]
        turns.append([*document["items"], *response["output"]])
        response_id = response.get("previous_response_id") or ""
        if len(turns) > LONGEST_CHAIN:
            raise shapes.ValidationException(
                f"The conversation has more than {LONGEST_CHAIN} responses."
            )
    return [item for turn in reversed(turns) for item in turn]


async def find(call: Call, response_id: str) -> Mapping[str, Any]:
    """Return what is kept of a response.

    Raises:
        ServiceError: It is not there.
    """
    record = await call.backends.records.find(_scope(call), response_id)
    if record is None or record.created_at < call.backends.now() - KEPT:
        raise shapes.ResourceNotFoundException(f"Response with id '{response_id}' not found.")
    return record.document


async def forget(call: Call, response_id: str) -> None:
    """Delete a response.

    Raises:
        ServiceError: It is not there.
    """
    await find(call, response_id)
    await call.backends.records.write(
        Delete(scope=_scope(call), name=response_id, must_exist=False)
    )


async def forget_old_ones(backends: Backends) -> None:
    """Delete the responses that are past their time, in every account."""
    oldest = backends.now() - KEPT
    for scope in await backends.records.scopes(service=SERVICE, kind=KIND):
        async for record in every(backends.records, scope):
            if record.created_at < oldest:
                await backends.records.write(
                    Delete(scope=scope, name=record.name, must_exist=False)
                )


def _scope(call: Call) -> Scope:
    return Scope(call.account, call.region, SERVICE, KIND)
