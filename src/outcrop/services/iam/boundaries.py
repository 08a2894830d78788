"""Permissions boundaries: the policy that says what a role or a user may do at most.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from outcrop.operations import Call, operation
from outcrop.services.iam import shapes
from outcrop.services.iam.entities import ROLE, USER, EntityKind, change_entity
from outcrop.services.iam.managed_policies import document_of
from outcrop.storage.records.interface import Document


@operation("PutRolePermissionsBoundary")
async def put_role_permissions_boundary(
    call: Call, request: shapes.PutRolePermissionsBoundaryRequest
) -> None:
    """Set a role's boundary."""
    await _put(call, ROLE, request["RoleName"], request["PermissionsBoundary"])


@operation("PutUserPermissionsBoundary")
async def put_user_permissions_boundary(
    call: Call, request: shapes.PutUserPermissionsBoundaryRequest
) -> None:
    """Set a user's boundary."""
    await _put(call, USER, request["UserName"], request["PermissionsBoundary"])


@operation("DeleteRolePermissionsBoundary")
async def delete_role_permissions_boundary(
    call: Call, request: shapes.DeleteRolePermissionsBoundaryRequest
) -> None:
    """Remove a role's boundary."""
    await change_entity(call, ROLE, request["RoleName"], _unbounded)


@operation("DeleteUserPermissionsBoundary")
async def delete_user_permissions_boundary(
    call: Call, request: shapes.DeleteUserPermissionsBoundaryRequest
) -> None:
    """Remove a user's boundary."""
    await change_entity(call, USER, request["UserName"], _unbounded)


async def _put(call: Call, kind: EntityKind, name: str, arn: str) -> None:
    await document_of(call, arn)
    await change_entity(call, kind, name, lambda document: {**document, "boundary": arn})


def _unbounded(document: Document) -> Document:
    return {key: value for key, value in document.items() if key != "boundary"}
