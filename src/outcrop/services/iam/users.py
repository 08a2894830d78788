"""Users: create, get, list, rename, delete.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html
"""

from outcrop.operations import Call, operation
from outcrop.operations.records import every
from outcrop.services.iam import shapes
from outcrop.services.iam.access_keys import ACCESS_KEY
from outcrop.services.iam.default_role import first_use
from outcrop.services.iam.entities import (
    USER,
    attachments,
    caller_user,
    delete_entity,
    ended,
    entity_arn,
    find_entity,
    new_document,
    page_below,
    scope,
)
from outcrop.services.iam.managed_policies import document_of
from outcrop.services.iam.tag_lists import entity_tags, shown_tags
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    RecordExistsError,
    Replace,
)


@operation("CreateUser")
async def create_user(call: Call, request: shapes.CreateUserRequest) -> shapes.CreateUserResponse:
    """Make a user."""
    name = request["UserName"]
    document = new_document(call, USER, name, request.get("Path", "/"))
    document |= {"tags": entity_tags(request.get("Tags", [])), "groups": []}
    if "PermissionsBoundary" in request:
        await document_of(call, request["PermissionsBoundary"])
        document["boundary"] = request["PermissionsBoundary"]
    create = Create(
        scope=scope(call, USER.name),
        name=name.lower(),
        document=document,
        indexes=attachments(document),
    )
    try:
        await call.backends.records.write(create)
    except RecordExistsError as error:
        raise shapes.EntityAlreadyExistsException(
            f"User with name {name} already exists."
        ) from error
    return {"User": as_user(call, document)}


@operation("GetUser")
async def get_user(call: Call, request: shapes.GetUserRequest) -> shapes.GetUserResponse:
    """Answer with a user, or with the caller."""
    if "UserName" not in request and call.principal.arn.endswith(":root"):
        return {"User": await _root(call)}
    user = await find_entity(call, USER, request.get("UserName") or caller_user(call))
    return {"User": as_user(call, user.document)}


@operation("ListUsers")
async def list_users(call: Call, request: shapes.ListUsersRequest) -> shapes.ListUsersResponse:
    """Answer with the users below a path."""
    page = await page_below(call, USER.name, request)
    users = [as_user(call, user.document) for user in page.items]
    for user in users:
        user.pop("Tags", None)
        user.pop("PermissionsBoundary", None)
    return {"Users": users, **ended(page)}


@operation("UpdateUser")
async def update_user(call: Call, request: shapes.UpdateUserRequest) -> None:
    """Give a user another name or path; keys, policies and groups stay."""
    user = await find_entity(call, USER, request["UserName"])
    name = request.get("NewUserName", user.document["name"])
    document = {
        **user.document,
        "name": name,
        "path": request.get("NewPath", user.document["path"]),
    }
    gone = Delete(scope=user.scope, name=user.name, version=user.version)
    new = Create(
        scope=user.scope, name=name.lower(), document=document, indexes=attachments(document)
    )
    keys = every(
        call.backends.records, scope(call, ACCESS_KEY), index=("user", user.document["id"])
    )
    renamed = [Replace(record=key, document={**key.document, "user": name}) async for key in keys]
    try:
        await call.backends.records.write(gone, new, *renamed)
    except RecordExistsError as error:
        raise shapes.EntityAlreadyExistsException(
            f"User with name {name} already exists."
        ) from error


@operation("DeleteUser")
async def delete_user(call: Call, request: shapes.DeleteUserRequest) -> None:
    """Delete a user without keys, groups and policies."""
    user = await find_entity(call, USER, request["UserName"])
    if user.document["groups"]:
        raise shapes.DeleteConflictException(
            "Cannot delete entity, must remove users from group first."
        )
    keys = await call.backends.records.list(
        scope(call, ACCESS_KEY), index=("user", user.document["id"]), limit=1
    )
    if keys:
        raise shapes.DeleteConflictException("Cannot delete entity, must delete access keys first.")
    await delete_entity(call, user, USER)


def as_user(call: Call, document: Document) -> shapes.User:
    """Return a user as IAM shows it."""
    user: shapes.User = {
        "Path": document["path"],
        "UserName": document["name"],
        "UserId": document["id"],
        "Arn": entity_arn(call, USER, document),
        "CreateDate": document["created"],
    }
    if document["tags"]:
        user["Tags"] = shown_tags(document["tags"])
    if "boundary" in document:
        user["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": document["boundary"],
        }
    return user


async def _root(call: Call) -> shapes.User:
    """Return the account's root user, as old as the account."""
    return {
        "Path": "/",
        "UserName": "root",
        "UserId": call.account,
        "Arn": call.principal.arn,
        "CreateDate": await first_use(call),
    }
