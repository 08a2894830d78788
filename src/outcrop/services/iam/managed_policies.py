"""Managed policies: create, get, list, delete, and who has one attached.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Policy.html
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from outcrop.aws.access_key_ids import unique_id
from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of
from outcrop.operations.records import every
from outcrop.services.iam import shapes
from outcrop.services.iam.aws_managed import (
    AwsManagedPolicy,
    aws_managed_policies,
    aws_managed_policy,
)
from outcrop.services.iam.entities import KINDS, ended, iam_arn, page_request, scope
from outcrop.services.iam.policy_documents import (
    MOST_MANAGED_CHARACTERS,
    characters,
    check_identity_policy,
)
from outcrop.services.iam.tag_lists import new_tags, shown_tags
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
)

POLICY = "policy"


@operation("CreatePolicy")
async def create_policy(
    call: Call, request: shapes.CreatePolicyRequest
) -> shapes.CreatePolicyResponse:
    """Make a policy with its first version."""
    check_document(request["PolicyDocument"])
    name = request["PolicyName"]
    now = call.backends.now().replace(microsecond=0)
    document: Document = {
        "name": name,
        "path": request.get("Path", "/"),
        "id": unique_id("ANPA", call.account, name, now.isoformat()),
        "created": now,
        "changed": now,
        "description": request.get("Description"),
        "tags": new_tags(request.get("Tags", [])),
        "default": "v1",
        "latest": 1,
        "versions": {"v1": {"document": request["PolicyDocument"], "created": now}},
    }
    create = Create(scope=scope(call, POLICY), name=name.lower(), document=document)
    try:
        await call.backends.records.write(create)
    except RecordExistsError as error:
        raise shapes.EntityAlreadyExistsException(
            f"A policy called {name} already exists. Duplicate names are not allowed."
        ) from error
    made = await as_policy(call, document)
    if document["tags"]:
        made["Tags"] = shown_tags(document["tags"])
    return {"Policy": made}


@operation("GetPolicy")
async def get_policy(call: Call, request: shapes.GetPolicyRequest) -> shapes.GetPolicyResponse:
    """Answer with a policy, the caller's or AWS's, without its document."""
    arn = request["PolicyArn"]
    if ours := aws_managed_policy(arn):
        return {"Policy": await as_aws_policy(call, ours)}
    policy = (await find_policy(call, arn)).document
    shown = await as_policy(call, policy)
    shown["Tags"] = shown_tags(policy["tags"])
    if policy["description"] is not None:
        shown["Description"] = policy["description"]
    return {"Policy": shown}


@operation("ListPolicies")
async def list_policies(
    call: Call, request: shapes.ListPoliciesRequest
) -> shapes.ListPoliciesResponse:
    """Answer with the policies of the caller, of AWS, or of both, by name."""
    prefix = request.get("PathPrefix", "/")
    listed = await policies_in(call, request.get("Scope", "All"))
    wanted = [policy for policy in listed if policy.get("Path", "/").startswith(prefix)]
    if request.get("OnlyAttached"):
        wanted = [policy for policy in wanted if policy.get("AttachmentCount")]
    if request.get("PolicyUsageFilter") == "PermissionsBoundary":
        wanted = [policy for policy in wanted if policy.get("PermissionsBoundaryUsageCount")]
    page = page_of(wanted, key=arn_of, page=page_request(request))
    return {"Policies": list(page.items), **ended(page)}


@operation("DeletePolicy")
async def delete_policy(call: Call, request: shapes.DeletePolicyRequest) -> None:
    """Delete a policy that is attached to nothing and has but its default version."""
    policy = await find_own_policy(call, request["PolicyArn"])
    if (await as_policy(call, policy.document)).get("AttachmentCount"):
        raise shapes.DeleteConflictException("Cannot delete a policy attached to entities.")
    if len(policy.document["versions"]) > 1:
        raise shapes.DeleteConflictException(
            "This policy has more than one version. Before you delete a policy, you must delete"
            " the policy's versions. The default version is deleted with the policy."
        )
    try:
        await call.backends.records.write(Delete(scope=policy.scope, name=policy.name))
    except RecordNotFoundError as error:
        raise no_policy(request["PolicyArn"]) from error


@operation("ListEntitiesForPolicy")
async def list_entities_for_policy(
    call: Call, request: shapes.ListEntitiesForPolicyRequest
) -> shapes.ListEntitiesForPolicyResponse:
    """Answer with the roles, users and groups that a policy is attached to."""
    arn = request["PolicyArn"]
    await document_of(call, arn)
    wanted = request.get("EntityFilter")
    as_boundary = request.get("PolicyUsageFilter") == "PermissionsBoundary"
    index = (f"boundary:{arn}", "set") if as_boundary else (f"policy:{arn}", "attached")
    prefix = request.get("PathPrefix", "/")
    found: list[tuple[str, Document]] = []
    for kind in KINDS.values():
        if wanted is None or wanted.lower() == kind.name:
            records = every(call.backends.records, scope(call, kind.name), index=index)
            found += [(kind.name, record.document) async for record in records]
    found = [(kind, entity) for kind, entity in found if entity["path"].startswith(prefix)]
    found.sort(key=_kind_and_name)
    page = page_of(found, key=_kind_and_name, page=page_request(request))
    by_kind: dict[str, list[Document]] = {kind: [] for kind in KINDS}
    for kind, document in page.items:
        by_kind[kind].append(document)
    return {
        "PolicyGroups": [{"GroupName": d["name"], "GroupId": d["id"]} for d in by_kind["group"]],
        "PolicyUsers": [{"UserName": d["name"], "UserId": d["id"]} for d in by_kind["user"]],
        "PolicyRoles": [{"RoleName": d["name"], "RoleId": d["id"]} for d in by_kind["role"]],
        **ended(page),
    }


def check_document(text: str) -> None:
    """Check a managed policy's document.

    Raises:
        MalformedPolicyDocumentException: It is no policy.
        LimitExceededException: It is too long.
    """
    check_identity_policy(text)
    if characters(text) > MOST_MANAGED_CHARACTERS:
        raise shapes.LimitExceededException(
            f"Cannot exceed quota for PolicySize: {MOST_MANAGED_CHARACTERS}"
        )


def no_policy(arn: str) -> shapes.NoSuchEntityException:
    """Return the error for a policy that is not there."""
    return shapes.NoSuchEntityException(f"Policy {arn} was not found.")


async def find_policy(call: Call, arn: str) -> Record:
    """Return a policy of the caller's account.

    Raises:
        NoSuchEntityException: There is none.
    """
    name = arn.rpartition("/")[2]
    policy = await call.backends.records.find(scope(call, POLICY), name.lower())
    if policy is None or _policy_arn(call, policy.document) != arn:
        raise no_policy(arn)
    return policy


async def find_own_policy(call: Call, arn: str) -> Record:
    """Return a policy that the caller may change.

    Raises:
        AccessDenied: It is one of AWS's.
        NoSuchEntityException: There is none.
    """
    if aws_managed_policy(arn):
        raise shapes.UnmodifiableEntityException(
            f"Policy {arn} is managed by AWS and cannot be changed."
        )
    return await find_policy(call, arn)


async def policies_in(call: Call, chosen: str) -> list[shapes.Policy]:
    """Return the policies of the account, `Local`, of AWS, `AWS`, or of both, `All`, by ARN."""
    listed: list[shapes.Policy] = []
    if chosen in {"All", "AWS"}:
        listed += [_as_aws_policy(call, policy) for policy in aws_managed_policies()]
    if chosen in {"All", "Local"}:
        async for record in every(call.backends.records, scope(call, POLICY)):
            listed.append(_as_policy(call, record.document))
    attached, boundaries = await _attachment_counts(call)
    for policy in listed:
        policy["AttachmentCount"] = attached.get(arn_of(policy), 0)
        policy["PermissionsBoundaryUsageCount"] = boundaries.get(arn_of(policy), 0)
    return sorted(listed, key=arn_of)


async def document_of(call: Call, arn: str) -> str:
    """Return the document of a policy's default version, the caller's or AWS's.

    Raises:
        NoSuchEntityException: There is no such policy.
    """
    if ours := aws_managed_policy(arn):
        return ours.document
    policy = (await find_policy(call, arn)).document
    return policy["versions"][policy["default"]]["document"]


async def as_policy(call: Call, document: Document) -> shapes.Policy:
    """Return a policy of the caller's with its counts."""
    return await _counted(call, _as_policy(call, document))


async def as_aws_policy(call: Call, policy: AwsManagedPolicy) -> shapes.Policy:
    """Return a policy of AWS's with its counts in the caller's account."""
    return await _counted(call, _as_aws_policy(call, policy))


def _as_policy(call: Call, document: Document) -> shapes.Policy:
    return {
        "PolicyName": document["name"],
        "PolicyId": document["id"],
        "Arn": _policy_arn(call, document),
        "Path": document["path"],
        "DefaultVersionId": document["default"],
        "IsAttachable": True,
        "CreateDate": document["created"],
        "UpdateDate": document["changed"],
    }


def _as_aws_policy(call: Call, policy: AwsManagedPolicy) -> shapes.Policy:
    del call
    return {
        "PolicyName": policy.name,
        "PolicyId": unique_id("ANPA", policy.arn),
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.version,
        "IsAttachable": True,
        "CreateDate": policy.created,
        "UpdateDate": policy.changed,
    }


def _policy_arn(call: Call, document: Mapping[str, Any]) -> str:
    return iam_arn(call, f"policy{document['path']}{document['name']}")


async def _counted(call: Call, policy: shapes.Policy) -> shapes.Policy:
    arn = policy.get("Arn", "")
    policy["AttachmentCount"] = await _count(call, (f"policy:{arn}", "attached"))
    policy["PermissionsBoundaryUsageCount"] = await _count(call, (f"boundary:{arn}", "set"))
    return policy


async def _count(call: Call, index: tuple[str, str]) -> int:
    count = 0
    for kind in KINDS:
        async for _ in every(call.backends.records, scope(call, kind), index=index):
            count += 1
    return count


async def _attachment_counts(call: Call) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return how many entities hold each policy, and for how many it is the boundary."""
    attached: Counter[str] = Counter()
    boundaries: Counter[str] = Counter()
    for kind in KINDS:
        async for record in every(call.backends.records, scope(call, kind)):
            attached.update(record.document["attached"])
            boundaries.update(
                [record.document["boundary"]] if "boundary" in record.document else []
            )
    return attached, boundaries


def arn_of(policy: shapes.Policy) -> str:
    """Return the ARN that a policy is shown with."""
    return policy.get("Arn", "")


def _kind_and_name(found: tuple[str, Document]) -> str:
    return f"{found[0]}/{found[1]['name']}"
