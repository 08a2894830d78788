"""Instance profiles: how a role is given to a machine.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_InstanceProfile.html
"""

from collections.abc import Callable

from outcrop.aws.access_key_ids import unique_id
from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of
from outcrop.operations.records import change, every
from outcrop.services.iam import shapes
from outcrop.services.iam.entities import (
    ROLE,
    ended,
    find_entity,
    iam_arn,
    page_below,
    page_request,
    scope,
)
from outcrop.services.iam.roles import listed_role
from outcrop.services.iam.tag_lists import new_tags, shown_tags
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
)

PROFILE = "instance-profile"


@operation("CreateInstanceProfile")
async def create_instance_profile(
    call: Call, request: shapes.CreateInstanceProfileRequest
) -> shapes.CreateInstanceProfileResponse:
    """Make a profile, still without a role."""
    name = request["InstanceProfileName"]
    now = call.backends.now().replace(microsecond=0)
    document: Document = {
        "name": name,
        "path": request.get("Path", "/"),
        "id": unique_id("AIPA", call.account, name, now.isoformat()),
        "created": now,
        "tags": new_tags(request.get("Tags", [])),
        "role": None,
    }
    create = Create(scope=scope(call, PROFILE), name=name.lower(), document=document)
    try:
        await call.backends.records.write(create)
    except RecordExistsError as error:
        raise shapes.EntityAlreadyExistsException(
            f"Instance Profile {name} already exists."
        ) from error
    return {"InstanceProfile": await as_profile(call, document)}


@operation("GetInstanceProfile")
async def get_instance_profile(
    call: Call, request: shapes.GetInstanceProfileRequest
) -> shapes.GetInstanceProfileResponse:
    """Answer with a profile and its role."""
    profile = await find_profile(call, request["InstanceProfileName"])
    return {"InstanceProfile": await as_profile(call, profile.document)}


@operation("ListInstanceProfiles")
async def list_instance_profiles(
    call: Call, request: shapes.ListInstanceProfilesRequest
) -> shapes.ListInstanceProfilesResponse:
    """Answer with the profiles below a path."""
    page = await page_below(call, PROFILE, request)
    profiles = [await as_profile(call, profile.document) for profile in page.items]
    return {"InstanceProfiles": profiles, **ended(page)}


@operation("ListInstanceProfilesForRole")
async def list_instance_profiles_for_role(
    call: Call, request: shapes.ListInstanceProfilesForRoleRequest
) -> shapes.ListInstanceProfilesForRoleResponse:
    """Answer with the profiles that hold a role."""
    found = await profiles_of(call, await find_entity(call, ROLE, request["RoleName"]))
    page = page_of(found, key=lambda profile: profile.name, page=page_request(request))
    profiles = [await as_profile(call, profile.document) for profile in page.items]
    return {"InstanceProfiles": profiles, **ended(page)}


@operation("AddRoleToInstanceProfile")
async def add_role_to_instance_profile(
    call: Call, request: shapes.AddRoleToInstanceProfileRequest
) -> None:
    """Give a profile its one role."""
    role = await find_entity(call, ROLE, request["RoleName"])

    def changed(document: Document) -> Document:
        if document["role"] is not None:
            raise shapes.LimitExceededException(
                "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"
            )
        return {**document, "role": role.name}

    await _change(call, request["InstanceProfileName"], changed)


@operation("RemoveRoleFromInstanceProfile")
async def remove_role_from_instance_profile(
    call: Call, request: shapes.RemoveRoleFromInstanceProfileRequest
) -> None:
    """Take its role from a profile."""
    name = request["RoleName"]

    def changed(document: Document) -> Document:
        if document["role"] != name.lower():
            raise shapes.NoSuchEntityException(f"The role with name {name} cannot be found.")
        return {**document, "role": None}

    await _change(call, request["InstanceProfileName"], changed)


@operation("DeleteInstanceProfile")
async def delete_instance_profile(call: Call, request: shapes.DeleteInstanceProfileRequest) -> None:
    """Delete a profile without a role."""
    profile = await find_profile(call, request["InstanceProfileName"])
    if profile.document["role"] is not None:
        raise shapes.DeleteConflictException(
            "Cannot delete entity, must remove roles from instance profile first."
        )
    await call.backends.records.write(
        Delete(scope=profile.scope, name=profile.name, must_exist=False)
    )


async def find_profile(call: Call, name: str) -> Record:
    """Return a profile.

    Raises:
        NoSuchEntityException: There is none.
    """
    profile = await call.backends.records.find(scope(call, PROFILE), name.lower())
    if profile is None:
        raise shapes.NoSuchEntityException(f"Instance Profile {name} cannot be found.")
    return profile


async def profiles_of(call: Call, role: Record) -> list[Record]:
    """Return the profiles that hold a role, by name."""
    index = ("role", role.name)
    return [each async for each in every(call.backends.records, scope(call, PROFILE), index=index)]


async def as_profile(call: Call, document: Document) -> shapes.InstanceProfile:
    """Return a profile as IAM shows it, with its role."""
    profile: shapes.InstanceProfile = {
        "Path": document["path"],
        "InstanceProfileName": document["name"],
        "InstanceProfileId": document["id"],
        "Arn": iam_arn(call, f"instance-profile{document['path']}{document['name']}"),
        "CreateDate": document["created"],
        "Roles": [],
    }
    if document["role"] is not None:
        profile["Roles"] = [listed_role(call, await find_entity(call, ROLE, document["role"]))]
    if document["tags"]:
        profile["Tags"] = shown_tags(document["tags"])
    return profile


async def _change(call: Call, name: str, changed: Callable[[Document], Document]) -> None:
    profile = await find_profile(call, name)
    try:
        await change(
            call.backends.records, profile.scope, profile.name, changed, indexes=_role_index
        )
    except RecordNotFoundError as error:
        raise shapes.NoSuchEntityException(f"Instance Profile {name} cannot be found.") from error


def _role_index(document: Document) -> dict[str, str]:
    return {} if document["role"] is None else {"role": document["role"]}
