"""Invocations whose answers go to S3: started, looked up and listed.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_StartAsyncInvoke.html
"""

import hashlib
import json
import secrets
import string
from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of, place_in_time
from outcrop.operations.records import every
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.async_invoke_runs import KIND, SERVICE, s3_place, start
from outcrop.services.bedrock_runtime.model_ids import resolve
from outcrop.storage.records.interface import Create, Document, RecordExistsError, Scope

ID_LETTERS = string.ascii_lowercase + string.digits
ID_LENGTH = 12
MOST_RESULTS = 1000
"""On a page: the most that a request may ask for, and what it gets if it asks for no number."""


@operation("StartAsyncInvoke")
async def start_async_invoke(
    call: Call, request: shapes.StartAsyncInvokeRequest
) -> shapes.StartAsyncInvokeResponse:
    """Keep an invocation and let it run in the background."""
    model_id = (await resolve(call, request["modelId"])).id
    output = request["outputDataConfig"].get("s3OutputDataConfig")
    if output is None:
        raise shapes.ValidationException("outputDataConfig must have s3OutputDataConfig.")
    await _check_bucket(call, output["s3Uri"])
    invocation_id = "".join(secrets.choice(ID_LETTERS) for _ in range(ID_LENGTH))
    now = call.backends.now()
    token = request.get("clientRequestToken", "")
    document = {
        "id": invocation_id,
        "token": token,
        "model_id": model_id,
        "input": request["modelInput"],
        "output": dict(output),
        "tags": {tag["key"]: tag["value"] for tag in request.get("tags", [])},
        "principal": {"arn": call.principal.arn, "user_id": call.principal.user_id},
        "status": "InProgress",
        "submitted": now,
        "modified": now,
    }
    writes = [Create(scope=_scope(call, KIND), name=invocation_id, document=document)]
    if token:
        claim = {"id": invocation_id, "digest": _digest(document)}
        writes.append(Create(scope=_scope(call, f"{KIND}-token"), name=token, document=claim))
    try:
        written = await call.backends.records.write(*writes)
    except RecordExistsError:
        return {"invocationArn": _arn(call, await _started_before(call, token, document))}
    start(call.backends, next(filter(None, written)))
    return {"invocationArn": _arn(call, invocation_id)}


@operation("GetAsyncInvoke")
async def get_async_invoke(
    call: Call, request: shapes.GetAsyncInvokeRequest
) -> shapes.GetAsyncInvokeResponse:
    """Answer with an invocation's state."""
    arn = request["invocationArn"]
    record = await call.backends.records.find(_scope(call, KIND), arn.rpartition("/")[2])
    if record is None or arn != _arn(call, record.name):
        raise shapes.ValidationException(f"The invocation {arn} does not exist.")
    told: Any = _told(call, record.document)
    return told


@operation("ListAsyncInvokes")
async def list_async_invokes(
    call: Call, request: shapes.ListAsyncInvokesRequest
) -> shapes.ListAsyncInvokesResponse:
    """Answer with invocations by the time of their submission, the youngest first."""
    found = [
        record.document
        async for record in every(call.backends.records, _scope(call, KIND))
        if _is_wanted(record.document, request)
    ]
    descending = request.get("sortOrder", "Descending") == "Descending"
    found.sort(key=_by_time, reverse=descending)
    page = page_of(
        found,
        key=_by_time,
        page=PageRequest(
            limit=request.get("maxResults", MOST_RESULTS),
            token=request.get("nextToken"),
            error=shapes.ValidationException("The provided nextToken is invalid."),
        ),
        descending=descending,
    )
    summaries: list[Any] = [_told(call, document) for document in page.items]
    answer: shapes.ListAsyncInvokesResponse = {"asyncInvokeSummaries": summaries}
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


async def _check_bucket(call: Call, uri: str) -> None:
    try:
        await call.ask("s3", "HeadBucket", Bucket=s3_place(uri)[0])
    except ServiceError as error:
        raise shapes.ValidationException(
            f"Invalid Output Config/Credentials: {uri}: {error.message or 'no such bucket'}"
        ) from error


async def _started_before(call: Call, token: str, document: Document) -> str:
    """Return the id of the invocation that an earlier request with this token started.

    Raises:
        ServiceError: That request was another one.
    """
    claim = await call.backends.records.get(_scope(call, f"{KIND}-token"), token)
    if claim.document["digest"] != _digest(document):
        raise shapes.ConflictException(
            "The client request token was used before by a request with other parameters."
        )
    return str(claim.document["id"])


def _digest(document: Document) -> str:
    asked = [document[name] for name in ("model_id", "input", "output", "tags")]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _is_wanted(document: Document, request: shapes.ListAsyncInvokesRequest) -> bool:
    submitted = document["submitted"]
    return (
        request.get("statusEquals", document["status"]) == document["status"]
        and request.get("submitTimeAfter", submitted) <= submitted
        and request.get("submitTimeBefore", submitted) >= submitted
    )


def _told(call: Call, document: Document) -> Mapping[str, Any]:
    output: dict[str, Any] = document["output"]
    uri = f"{output['s3Uri'].rstrip('/')}/{document['id']}"
    told: dict[str, Any] = {
        "invocationArn": _arn(call, document["id"]),
        "modelArn": f"arn:aws:bedrock:{call.region}::foundation-model/{document['model_id']}",
        "status": document["status"],
        "submitTime": document["submitted"],
        "lastModifiedTime": document["modified"],
        "outputDataConfig": {"s3OutputDataConfig": {**output, "s3Uri": uri}},
    }
    if document["token"]:
        told["clientRequestToken"] = document["token"]
    for name, member in (("ended", "endTime"), ("failure", "failureMessage")):
        if name in document:
            told[member] = document[name]
    return told


def _by_time(document: Document) -> str:
    return place_in_time(document["submitted"], document["id"])


def _arn(call: Call, invocation_id: str) -> str:
    return call.arn(f"{KIND}/{invocation_id}", service="bedrock")


def _scope(call: Call, kind: str) -> Scope:
    return Scope(call.account, call.region, SERVICE, kind)
