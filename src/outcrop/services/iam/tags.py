"""Tags of roles, users, policies, instance profiles and identity providers.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of
from outcrop.operations.records import change
from outcrop.operations.tags import without
from outcrop.services.iam import shapes
from outcrop.services.iam.entities import ROLE, USER, Ending, ended, find_entity, page_request
from outcrop.services.iam.identity_providers import find_provider
from outcrop.services.iam.instance_profiles import find_profile
from outcrop.services.iam.managed_policies import find_own_policy, find_policy
from outcrop.services.iam.tag_lists import entity_tags, new_tags, shown_tags, without_keys
from outcrop.storage.records.interface import Record


@operation("TagRole")
async def tag_role(call: Call, request: shapes.TagRoleRequest) -> None:
    """Tag a role."""
    await _tag_entity(call, await find_entity(call, ROLE, request["RoleName"]), request)


@operation("TagUser")
async def tag_user(call: Call, request: shapes.TagUserRequest) -> None:
    """Tag a user."""
    await _tag_entity(call, await find_entity(call, USER, request["UserName"]), request)


@operation("TagPolicy")
async def tag_policy(call: Call, request: shapes.TagPolicyRequest) -> None:
    """Tag a policy of the caller's."""
    await _tag(call, await find_own_policy(call, request["PolicyArn"]), request)


@operation("TagInstanceProfile")
async def tag_instance_profile(call: Call, request: shapes.TagInstanceProfileRequest) -> None:
    """Tag an instance profile."""
    await _tag(call, await find_profile(call, request["InstanceProfileName"]), request)


@operation("TagOpenIDConnectProvider")
async def tag_open_id_connect_provider(
    call: Call, request: shapes.TagOpenIDConnectProviderRequest
) -> None:
    """Tag an identity provider."""
    await _tag(call, await find_provider(call, request["OpenIDConnectProviderArn"]), request)


@operation("UntagRole")
async def untag_role(call: Call, request: shapes.UntagRoleRequest) -> None:
    """Remove tags from a role."""
    await _untag_entity(call, await find_entity(call, ROLE, request["RoleName"]), request)


@operation("UntagUser")
async def untag_user(call: Call, request: shapes.UntagUserRequest) -> None:
    """Remove tags from a user."""
    await _untag_entity(call, await find_entity(call, USER, request["UserName"]), request)


@operation("UntagPolicy")
async def untag_policy(call: Call, request: shapes.UntagPolicyRequest) -> None:
    """Remove tags from a policy."""
    await _untag(call, await find_own_policy(call, request["PolicyArn"]), request)


@operation("UntagInstanceProfile")
async def untag_instance_profile(call: Call, request: shapes.UntagInstanceProfileRequest) -> None:
    """Remove tags from an instance profile."""
    await _untag(call, await find_profile(call, request["InstanceProfileName"]), request)


@operation("UntagOpenIDConnectProvider")
async def untag_open_id_connect_provider(
    call: Call, request: shapes.UntagOpenIDConnectProviderRequest
) -> None:
    """Remove tags from an identity provider."""
    await _untag(call, await find_provider(call, request["OpenIDConnectProviderArn"]), request)


@operation("ListRoleTags")
async def list_role_tags(
    call: Call, request: shapes.ListRoleTagsRequest
) -> shapes.ListRoleTagsResponse:
    """Answer with a role's tags."""
    return {**_listed(await find_entity(call, ROLE, request["RoleName"]), request)}


@operation("ListUserTags")
async def list_user_tags(
    call: Call, request: shapes.ListUserTagsRequest
) -> shapes.ListUserTagsResponse:
    """Answer with a user's tags."""
    return {**_listed(await find_entity(call, USER, request["UserName"]), request)}


@operation("ListPolicyTags")
async def list_policy_tags(
    call: Call, request: shapes.ListPolicyTagsRequest
) -> shapes.ListPolicyTagsResponse:
    """Answer with a policy's tags."""
    return {**_listed(await find_policy(call, request["PolicyArn"]), request)}


@operation("ListInstanceProfileTags")
async def list_instance_profile_tags(
    call: Call, request: shapes.ListInstanceProfileTagsRequest
) -> shapes.ListInstanceProfileTagsResponse:
    """Answer with an instance profile's tags."""
    return {**_listed(await find_profile(call, request["InstanceProfileName"]), request)}


@operation("ListOpenIDConnectProviderTags")
async def list_open_id_connect_provider_tags(
    call: Call, request: shapes.ListOpenIDConnectProviderTagsRequest
) -> shapes.ListOpenIDConnectProviderTagsResponse:
    """Answer with an identity provider's tags."""
    return {**_listed(await find_provider(call, request["OpenIDConnectProviderArn"]), request)}


async def _tag(call: Call, record: Record, request: Mapping[str, Any]) -> None:
    await _change(call, record, lambda tags: new_tags(request["Tags"], before=tags))


async def _tag_entity(call: Call, record: Record, request: Mapping[str, Any]) -> None:
    await _change(call, record, lambda tags: entity_tags(request["Tags"], before=tags))


async def _untag(call: Call, record: Record, request: Mapping[str, Any]) -> None:
    await _change(call, record, lambda tags: without(tags, request["TagKeys"]))


async def _untag_entity(call: Call, record: Record, request: Mapping[str, Any]) -> None:
    await _change(call, record, lambda tags: without_keys(tags, request["TagKeys"]))


async def _change(
    call: Call, record: Record, changed: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    await change(
        call.backends.records,
        record.scope,
        record.name,
        lambda document: {**document, "tags": changed(document["tags"])},
    )


class ListedTags(Ending):
    """What every list of tags answers."""

    Tags: list[shapes.Tag]


def _listed(record: Record, request: Mapping[str, Any]) -> ListedTags:
    tags = shown_tags(record.document["tags"])
    page = page_of(tags, key=lambda tag: tag["Key"], page=page_request(request))
    return {"Tags": list(page.items), **ended(page)}
