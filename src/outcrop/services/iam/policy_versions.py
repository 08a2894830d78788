"""Versions of managed policies, of which one is in force.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of
from outcrop.operations.records import change
from outcrop.services.iam import shapes
from outcrop.services.iam.aws_managed import aws_managed_policy
from outcrop.services.iam.entities import encoded, ended, page_request
from outcrop.services.iam.managed_policies import check_document, find_own_policy, find_policy
from outcrop.storage.records.interface import Document

MOST_VERSIONS = 5


@operation("CreatePolicyVersion")
async def create_policy_version(
    call: Call, request: shapes.CreatePolicyVersionRequest
) -> shapes.CreatePolicyVersionResponse:
    """Add a version to a policy, in force if the request says so."""
    check_document(request["PolicyDocument"])
    policy = await find_own_policy(call, request["PolicyArn"])
    now = call.backends.now().replace(microsecond=0)

    def changed(document: Document) -> Document:
        if len(document["versions"]) == MOST_VERSIONS:
            raise shapes.LimitExceededException(
                f"A managed policy can have up to {MOST_VERSIONS} versions. Before you create a"
                " new version, you must delete an existing version."
            )
        latest = document["latest"] + 1
        version = {"document": request["PolicyDocument"], "created": now}
        document |= {"latest": latest, "changed": now}
        document["versions"] = {**document["versions"], f"v{latest}": version}
        if request.get("SetAsDefault", False):
            document["default"] = f"v{latest}"
        return document

    written = await change(call.backends.records, policy.scope, policy.name, changed)
    version = _shown(written.document, f"v{written.document['latest']}")
    version.pop("Document", None)
    return {"PolicyVersion": version}


@operation("GetPolicyVersion")
async def get_policy_version(
    call: Call, request: shapes.GetPolicyVersionRequest
) -> shapes.GetPolicyVersionResponse:
    """Answer with one version of a policy and its document."""
    document = await _versions(call, request["PolicyArn"])
    _check_version(document, request)
    return {"PolicyVersion": _shown(document, request["VersionId"])}


@operation("ListPolicyVersions")
async def list_policy_versions(
    call: Call, request: shapes.ListPolicyVersionsRequest
) -> shapes.ListPolicyVersionsResponse:
    """Answer with a policy's versions, the newest first, without their documents."""
    document = await _versions(call, request["PolicyArn"])
    page = page_of(_newest_first(document), key=str, page=page_request(request))
    versions = [_shown(document, name) for name in page.items]
    for version in versions:
        version.pop("Document", None)
    return {"Versions": versions, **ended(page)}


@operation("DeletePolicyVersion")
async def delete_policy_version(call: Call, request: shapes.DeletePolicyVersionRequest) -> None:
    """Delete a version that is not in force."""
    policy = await find_own_policy(call, request["PolicyArn"])

    def changed(document: Document) -> Document:
        _check_version(document, request)
        if document["default"] == request["VersionId"]:
            raise shapes.DeleteConflictException("Cannot delete the default version of a policy.")
        kept = {k: v for k, v in document["versions"].items() if k != request["VersionId"]}
        return {**document, "versions": kept}

    await change(call.backends.records, policy.scope, policy.name, changed)


@operation("SetDefaultPolicyVersion")
async def set_default_policy_version(
    call: Call, request: shapes.SetDefaultPolicyVersionRequest
) -> None:
    """Put another version in force."""
    policy = await find_own_policy(call, request["PolicyArn"])
    now = call.backends.now().replace(microsecond=0)

    def changed(document: Document) -> Document:
        _check_version(document, request)
        return {**document, "default": request["VersionId"], "changed": now}

    await change(call.backends.records, policy.scope, policy.name, changed)


async def versions_of(call: Call, arn: str) -> list[shapes.PolicyVersion]:
    """Return a policy's versions with their documents, the newest first."""
    document = await _versions(call, arn)
    return [_shown(document, name) for name in _newest_first(document)]


def _newest_first(document: Document) -> list[str]:
    return sorted(document["versions"], key=lambda name: int(name[1:]), reverse=True)


async def _versions(call: Call, arn: str) -> Document:
    """Return a policy's document; AWS's policies are known in their default version alone."""
    if ours := aws_managed_policy(arn):
        version = {"document": ours.document, "created": ours.changed}
        return {"default": ours.version, "versions": {ours.version: version}}
    return (await find_policy(call, arn)).document


def _check_version(document: Document, request: Mapping[str, Any]) -> None:
    if request["VersionId"] not in document["versions"]:
        raise shapes.NoSuchEntityException(
            f"Policy {request['PolicyArn']} version {request['VersionId']} does not exist or is"
            " not attachable."
        )


def _shown(document: Document, name: str) -> shapes.PolicyVersion:
    version = document["versions"][name]
    return {
        "VersionId": name,
        "IsDefaultVersion": name == document["default"],
        "CreateDate": version["created"],
        "Document": encoded(version["document"]),
    }
