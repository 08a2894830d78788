"""Groups of users.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Group.html
"""

from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of
from outcrop.operations.records import every
from outcrop.services.iam import shapes
from outcrop.services.iam.entities import (
    GROUP,
    USER,
    attachments,
    change_entity,
    delete_entity,
    ended,
    entity_arn,
    find_entity,
    new_document,
    page_below,
    page_request,
    scope,
)
from outcrop.services.iam.users import as_user
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
)


@operation("CreateGroup")
async def create_group(
    call: Call, request: shapes.CreateGroupRequest
) -> shapes.CreateGroupResponse:
    """Make a group."""
    name = request["GroupName"]
    document = new_document(call, GROUP, name, request.get("Path", "/"))
    create = Create(scope=scope(call, GROUP.name), name=name.lower(), document=document)
    try:
        await call.backends.records.write(create)
    except RecordExistsError as error:
        raise shapes.EntityAlreadyExistsException(
            f"Group with name {name} already exists."
        ) from error
    return {"Group": as_group(call, document)}


@operation("GetGroup")
async def get_group(call: Call, request: shapes.GetGroupRequest) -> shapes.GetGroupResponse:
    """Answer with a group and its users."""
    group = await find_entity(call, GROUP, request["GroupName"])
    members = [
        as_user(call, user.document)
        async for user in every(call.backends.records, scope(call, USER.name))
        if group.document["id"] in user.document["groups"]
    ]
    page = page_of(members, key=lambda user: user["UserName"].lower(), page=page_request(request))
    return {"Group": as_group(call, group.document), "Users": list(page.items), **ended(page)}


@operation("ListGroups")
async def list_groups(call: Call, request: shapes.ListGroupsRequest) -> shapes.ListGroupsResponse:
    """Answer with the groups below a path."""
    page = await page_below(call, GROUP.name, request)
    return {"Groups": [as_group(call, group.document) for group in page.items], **ended(page)}


@operation("UpdateGroup")
async def update_group(call: Call, request: shapes.UpdateGroupRequest) -> None:
    """Give a group another name or path."""
    group = await find_entity(call, GROUP, request["GroupName"])
    name = request.get("NewGroupName", group.document["name"])
    document = {
        **group.document,
        "name": name,
        "path": request.get("NewPath", group.document["path"]),
    }
    gone = Delete(scope=group.scope, name=group.name, version=group.version)
    new = Create(
        scope=group.scope, name=name.lower(), document=document, indexes=attachments(document)
    )
    try:
        await call.backends.records.write(gone, new)
    except RecordExistsError as error:
        raise shapes.EntityAlreadyExistsException(
            f"Group with name {name} already exists."
        ) from error


@operation("DeleteGroup")
async def delete_group(call: Call, request: shapes.DeleteGroupRequest) -> None:
    """Delete a group without users and policies."""
    group = await find_entity(call, GROUP, request["GroupName"])
    async for user in every(call.backends.records, scope(call, USER.name)):
        if group.document["id"] in user.document["groups"]:
            raise shapes.DeleteConflictException(
                "Cannot delete entity, must remove users from group first."
            )
    await delete_entity(call, group, GROUP)


@operation("AddUserToGroup")
async def add_user_to_group(call: Call, request: shapes.AddUserToGroupRequest) -> None:
    """Make a user a member; it may be one already."""
    group = await find_entity(call, GROUP, request["GroupName"])

    def changed(document: Document) -> Document:
        return {**document, "groups": sorted({*document["groups"], group.document["id"]})}

    await change_entity(call, USER, request["UserName"], changed)


@operation("RemoveUserFromGroup")
async def remove_user_from_group(call: Call, request: shapes.RemoveUserFromGroupRequest) -> None:
    """Make a user no member."""
    group = await find_entity(call, GROUP, request["GroupName"])

    def changed(document: Document) -> Document:
        return {
            **document,
            "groups": [each for each in document["groups"] if each != group.document["id"]],
        }

    await change_entity(call, USER, request["UserName"], changed)


@operation("ListGroupsForUser")
async def list_groups_for_user(
    call: Call, request: shapes.ListGroupsForUserRequest
) -> shapes.ListGroupsForUserResponse:
    """Answer with the groups that a user is in."""
    user = await find_entity(call, USER, request["UserName"])
    groups = await groups_of(call, user)
    page = page_of(groups, key=lambda group: group.name, page=page_request(request))
    return {"Groups": [as_group(call, group.document) for group in page.items], **ended(page)}


async def groups_of(call: Call, user: Record) -> list[Record]:
    """Return the groups that a user is in, by name."""
    return [
        group
        async for group in every(call.backends.records, scope(call, GROUP.name))
        if group.document["id"] in user.document["groups"]
    ]


def as_group(call: Call, document: Document) -> shapes.Group:
    """Return a group as IAM shows it."""
    return {
        "Path": document["path"],
        "GroupName": document["name"],
        "GroupId": document["id"],
        "Arn": entity_arn(call, GROUP, document),
        "CreateDate": document["created"],
    }
