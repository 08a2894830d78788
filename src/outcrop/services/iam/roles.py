"""Roles: create, get, list, update, delete.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
"""

from outcrop.operations import Call, operation
from outcrop.services.iam import shapes
from outcrop.services.iam.default_role import add_default_role
from outcrop.services.iam.entities import (
    ROLE,
    attachments,
    change_entity,
    delete_entity,
    encoded,
    ended,
    entity_arn,
    find_entity,
    new_document,
    page_below,
    scope,
)
from outcrop.services.iam.managed_policies import document_of
from outcrop.services.iam.policy_documents import check_trust_policy
from outcrop.services.iam.tag_lists import entity_tags, shown_tags
from outcrop.storage.records.interface import (
    Create,
    Document,
    Record,
    RecordExistsError,
)

MAX_SESSION_SECONDS = 3600


@operation("CreateRole")
async def create_role(call: Call, request: shapes.CreateRoleRequest) -> shapes.CreateRoleResponse:
    """Make a role."""
    check_trust_policy(request["AssumeRolePolicyDocument"])
    name = request["RoleName"]
    await add_default_role(call, name)
    document = new_document(call, ROLE, name, request.get("Path", "/"))
    document |= {
        "trust": request["AssumeRolePolicyDocument"],
        "max_session": request.get("MaxSessionDuration", MAX_SESSION_SECONDS),
        "tags": entity_tags(request.get("Tags", [])),
    }
    if "Description" in request:
        document["description"] = request["Description"]
    if "PermissionsBoundary" in request:
        await document_of(call, request["PermissionsBoundary"])
        document["boundary"] = request["PermissionsBoundary"]
    create = Create(
        scope=scope(call, ROLE.name),
        name=name.lower(),
        document=document,
        indexes=attachments(document),
    )
    try:
        await call.backends.records.write(create)
    except RecordExistsError as error:
        raise shapes.EntityAlreadyExistsException(
            f"Role with name {name} already exists."
        ) from error
    return {"Role": as_role(call, document)}


@operation("GetRole")
async def get_role(call: Call, request: shapes.GetRoleRequest) -> shapes.GetRoleResponse:
    """Answer with a role and its trust policy."""
    role = await find_entity(call, ROLE, request["RoleName"])
    return {"Role": {**as_role(call, role.document), "RoleLastUsed": {}}}


@operation("ListRoles")
async def list_roles(call: Call, request: shapes.ListRolesRequest) -> shapes.ListRolesResponse:
    """Answer with the roles below a path."""
    await add_default_role(call)
    page = await page_below(call, ROLE.name, request)
    return {"Roles": [listed_role(call, role) for role in page.items], **ended(page)}


@operation("UpdateRole")
async def update_role(call: Call, request: shapes.UpdateRoleRequest) -> shapes.UpdateRoleResponse:
    """Change a role's description and how long its sessions may be."""

    def changed(document: Document) -> Document:
        if "Description" in request:
            document["description"] = request["Description"]
        document["max_session"] = request.get("MaxSessionDuration", MAX_SESSION_SECONDS)
        return document

    await change_entity(call, ROLE, request["RoleName"], changed)
    return {}


@operation("UpdateRoleDescription")
async def update_role_description(
    call: Call, request: shapes.UpdateRoleDescriptionRequest
) -> shapes.UpdateRoleDescriptionResponse:
    """Change a role's description."""
    role = await change_entity(
        call,
        ROLE,
        request["RoleName"],
        lambda document: {**document, "description": request["Description"]},
    )
    return {"Role": as_role(call, role.document)}


@operation("UpdateAssumeRolePolicy")
async def update_assume_role_policy(
    call: Call, request: shapes.UpdateAssumeRolePolicyRequest
) -> None:
    """Change whom a role trusts."""
    check_trust_policy(request["PolicyDocument"])
    await change_entity(
        call,
        ROLE,
        request["RoleName"],
        lambda document: {**document, "trust": request["PolicyDocument"]},
    )


@operation("DeleteRole")
async def delete_role(call: Call, request: shapes.DeleteRoleRequest) -> None:
    """Delete a role that no policy and no instance profile holds."""
    role = await find_entity(call, ROLE, request["RoleName"])
    if "linked" in role.document:
        raise shapes.UnmodifiableEntityException(
            f"Cannot perform the operation on the protected role '{role.document['name']}' - this"
            " role is only modifiable by AWS"
        )
    profiles = await call.backends.records.list(
        scope(call, "instance-profile"), index=("role", role.name), limit=1
    )
    if profiles:
        raise shapes.DeleteConflictException(
            "Cannot delete entity, must remove roles from instance profile first."
        )
    await delete_entity(call, role, ROLE)


def as_role(call: Call, document: Document) -> shapes.Role:
    """Return a role as IAM shows it."""
    role: shapes.Role = {
        "Path": document["path"],
        "RoleName": document["name"],
        "RoleId": document["id"],
        "Arn": entity_arn(call, ROLE, document),
        "CreateDate": document["created"],
        "AssumeRolePolicyDocument": encoded(document["trust"]),
        "MaxSessionDuration": document["max_session"],
    }
    if "description" in document:
        role["Description"] = document["description"]
    if document["tags"]:
        role["Tags"] = shown_tags(document["tags"])
    if "boundary" in document:
        role["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": document["boundary"],
        }
    return role


def listed_role(call: Call, role: Record) -> shapes.Role:
    """Return a role as lists show it: without tags and boundary."""
    shown = as_role(call, role.document)
    shown.pop("Tags", None)
    shown.pop("PermissionsBoundary", None)
    return shown
