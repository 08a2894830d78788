"""Guardrails: create, get, list, update, delete, and numbered versions of them.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-create.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, operation
from outcrop.operations.paging import Page, page_of
from outcrop.services.bedrock import shapes
from outcrop.services.bedrock.guardrail_policies import policies_of
from outcrop.services.bedrock.listings import page_of_resources, page_request
from outcrop.services.bedrock.resources import (
    GUARDRAIL,
    NameTakenError,
    add,
    arn_of,
    contended,
    find,
    not_found,
    remove,
    replace,
    scope,
)
from outcrop.services.bedrock.tags import checked_tags
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    Replace,
    Scope,
    StaleRecordError,
)

DRAFT = "DRAFT"
MOST_VERSIONS = 20
"""Of a guardrail.

Source: https://docs.aws.amazon.com/general/latest/gr/bedrock.html
"""


@operation("CreateGuardrail")
async def create_guardrail(
    call: Call, request: shapes.CreateGuardrailRequest
) -> shapes.CreateGuardrailResponse:
    """Make a guardrail; it is its own draft."""
    name = request["name"]
    document = {
        **_document(call, request),
        "latest": 0,
        "tags": checked_tags(request.get("tags", []), resource=name),
    }
    token = request.get("clientRequestToken", "")
    try:
        guardrail = await add(call, GUARDRAIL, name, document, token=token)
    except NameTakenError as error:
        raise _name_taken() from error
    return {
        "guardrailId": guardrail.name,
        "guardrailArn": arn_of(call, GUARDRAIL, guardrail.name),
        "version": DRAFT,
        "createdAt": guardrail.document["created"],
    }


@operation("GetGuardrail")
async def get_guardrail(
    call: Call, request: shapes.GetGuardrailRequest
) -> shapes.GetGuardrailResponse:
    """Answer with a guardrail's draft, or with one of its versions."""
    guardrail = await find(call, GUARDRAIL, request["guardrailIdentifier"])
    version = request.get("guardrailVersion", DRAFT)
    document = await _version(call, guardrail, version)
    told: shapes.GetGuardrailResponse = {
        "name": document["name"],
        "guardrailId": guardrail.name,
        "guardrailArn": arn_of(call, GUARDRAIL, guardrail.name),
        "version": version,
        "status": "READY",
        "createdAt": document["created"],
        "updatedAt": document["updated"],
        "blockedInputMessaging": document["blocked_input"],
        "blockedOutputsMessaging": document["blocked_outputs"],
    }
    told.update(document["policies"])
    if document["description"] is not None:
        told["description"] = document["description"]
    if document["key"] is not None:
        told["kmsKeyArn"] = document["key"]
    return told


@operation("ListGuardrails")
async def list_guardrails(
    call: Call, request: shapes.ListGuardrailsRequest
) -> shapes.ListGuardrailsResponse:
    """Answer with the drafts of all guardrails, or with all versions of one."""
    page: Page[Document]
    if "guardrailIdentifier" in request:
        guardrail = await find(call, GUARDRAIL, request["guardrailIdentifier"])
        page = await _page_of_versions(call, guardrail, request)
    else:
        page = await page_of_resources(call, GUARDRAIL, request)
    answer: shapes.ListGuardrailsResponse = {
        "guardrails": [_summary(call, document) for document in page.items]
    }
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


@operation("UpdateGuardrail")
async def update_guardrail(
    call: Call, request: shapes.UpdateGuardrailRequest
) -> shapes.UpdateGuardrailResponse:
    """Give a guardrail's draft other contents, all of them."""
    guardrail = await find(call, GUARDRAIL, request["guardrailIdentifier"])
    document = {**guardrail.document, **_document(call, request), "name": request["name"]}
    try:
        guardrail = await replace(call, guardrail, GUARDRAIL, document)
    except NameTakenError as error:
        raise _name_taken() from error
    return {
        "guardrailId": guardrail.name,
        "guardrailArn": arn_of(call, GUARDRAIL, guardrail.name),
        "version": DRAFT,
        "updatedAt": guardrail.document["updated"],
    }


@operation("DeleteGuardrail")
async def delete_guardrail(
    call: Call, request: shapes.DeleteGuardrailRequest
) -> shapes.DeleteGuardrailResponse:
    """Delete a guardrail with its versions, or one version."""
    guardrail = await find(call, GUARDRAIL, request["guardrailIdentifier"])
    versions = _versions(call, guardrail)
    if "guardrailVersion" in request:
        version = request["guardrailVersion"]
        try:
            await call.backends.records.write(Delete(scope=versions, name=_padded(version)))
        except RecordNotFoundError as error:
            raise _no_version(guardrail, version) from error
        return {}
    kept = await call.backends.records.list(versions)
    gone = (Delete(scope=versions, name=it.name, must_exist=False) for it in kept)
    await remove(call, guardrail, GUARDRAIL, *gone)
    return {}


@operation("CreateGuardrailVersion")
async def create_guardrail_version(
    call: Call, request: shapes.CreateGuardrailVersionRequest
) -> shapes.CreateGuardrailVersionResponse:
    """Keep a guardrail's draft as it is now, under the next number."""
    guardrail = await find(call, GUARDRAIL, request["guardrailIdentifier"])
    records, versions = call.backends.records, _versions(call, guardrail)
    token = request.get("clientRequestToken", "")
    if token and (made := await records.list(versions, index=("token", token), limit=1)):
        return {"guardrailId": guardrail.name, "version": made[0].document["version"]}
    if await records.count(versions) >= MOST_VERSIONS:
        raise shapes.ServiceQuotaExceededException(
            f"The guardrail has {MOST_VERSIONS} versions, the most it may."
        )
    number, now = guardrail.document["latest"] + 1, call.backends.now()
    version = {**guardrail.document, "version": str(number), "created": now, "updated": now}
    version["description"] = request.get("description", guardrail.document["description"])
    indexes = {"token": token} if token else {}
    try:
        await records.write(
            Create(scope=versions, name=_padded(number), document=version, indexes=indexes),
            Replace(record=guardrail, document={**guardrail.document, "latest": number}),
        )
    except RecordNotFoundError as error:
        raise not_found(GUARDRAIL, guardrail.name) from error
    except (RecordExistsError, StaleRecordError) as error:
        raise contended(GUARDRAIL, guardrail) from error
    return {"guardrailId": guardrail.name, "version": str(number)}


def _document(call: Call, request: Mapping[str, Any]) -> Document:
    return {
        "description": request.get("description"),
        "policies": policies_of(call, request),
        "blocked_input": request["blockedInputMessaging"],
        "blocked_outputs": request["blockedOutputsMessaging"],
        "key": _key_arn(call, request.get("kmsKeyId")),
    }


def _key_arn(call: Call, key: str | None) -> str | None:
    if key is None or ":key/" in key:
        return key
    if "alias/" in key:
        raise shapes.ValidationException(
            f"The key {key} cannot be resolved: give the id or the ARN of a key, not an alias."
        )
    return call.arn(f"key/{key}", service="kms")


def _name_taken() -> ServiceError:
    return shapes.ConflictException("Another guardrail in your account already has this name.")


def _no_version(guardrail: Record, version: str) -> ServiceError:
    return shapes.ResourceNotFoundException(
        f"The guardrail {guardrail.name} has no version {version}."
    )


def _versions(call: Call, guardrail: Record) -> Scope:
    return scope(call, f"guardrail-version/{guardrail.name}")


def _padded(version: str | int) -> str:
    """Return a version's number so that names are in the order of numbers."""
    return f"{int(version):08d}"


async def _version(call: Call, guardrail: Record, version: str) -> Document:
    if version == DRAFT:
        return guardrail.document
    found = await call.backends.records.find(_versions(call, guardrail), _padded(version))
    if found is None:
        raise _no_version(guardrail, version)
    return found.document


async def _page_of_versions(
    call: Call, guardrail: Record, request: shapes.ListGuardrailsRequest
) -> Page[Document]:
    """Return a page of a guardrail's draft and versions, by number, the draft first."""
    kept = await call.backends.records.list(_versions(call, guardrail))
    found = [guardrail.document, *(version.document for version in kept)]
    return page_of(found, key=lambda it: _padded(it.get("version", 0)), page=page_request(request))


def _summary(call: Call, document: Document) -> shapes.GuardrailSummary:
    summary: shapes.GuardrailSummary = {
        "id": document["id"],
        "arn": arn_of(call, GUARDRAIL, document["id"]),
        "status": "READY",
        "name": document["name"],
        "version": document.get("version", DRAFT),
        "createdAt": document["created"],
        "updatedAt": document["updated"],
    }
    if document["description"] is not None:
        summary["description"] = document["description"]
    if "crossRegionDetails" in document["policies"]:
        summary["crossRegionDetails"] = document["policies"]["crossRegionDetails"]
    return summary
