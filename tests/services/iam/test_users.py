"""Users, groups and access keys."""

from pathlib import Path
from typing import Any

import pytest

from outcrop.services.iam.default_role import MADE
from outcrop.storage.records.interface import Replace
from tests.services.direct import NOON, Direct, error_of
from tests.services.iam.conftest import document


def test_a_user_has_keys_that_tell_their_account(iam: Any, client: Any, account: str) -> None:
    iam.create_user(UserName="ann")
    keys = [iam.create_access_key(UserName="ann")["AccessKey"] for _ in range(2)]

    third = error_of(iam.create_access_key, UserName="ann")
    iam.update_access_key(UserName="ann", AccessKeyId=keys[0]["AccessKeyId"], Status="Inactive")
    listed = iam.list_access_keys(UserName="ann")["AccessKeyMetadata"]
    info = client("sts").get_access_key_info(AccessKeyId=keys[0]["AccessKeyId"])

    assert third == {
        "Code": "LimitExceeded",
        "Message": "Cannot exceed quota for AccessKeysPerUser: 2",
    }
    assert {each["AccessKeyId"]: each["Status"] for each in listed} == {
        keys[0]["AccessKeyId"]: "Inactive",
        keys[1]["AccessKeyId"]: "Active",
    }
    assert all("SecretAccessKey" not in each for each in listed)
    assert info["Account"] == account


def test_a_renamed_user_keeps_keys_groups_and_policies(iam: Any, account: str) -> None:
    iam.create_user(UserName="ann")
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(GroupName="staff", UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=document({"Action": "s3:*"}))

    iam.update_user(UserName="ann", NewUserName="anna", NewPath="/x/")

    assert iam.get_user(UserName="anna")["User"]["Arn"] == f"arn:aws:iam::{account}:user/x/anna"
    assert error_of(iam.get_user, UserName="ann")["Code"] == "NoSuchEntity"
    [listed] = iam.list_access_keys(UserName="anna")["AccessKeyMetadata"]
    assert listed["AccessKeyId"] == key
    assert iam.list_user_policies(UserName="anna")["PolicyNames"] == ["p"]
    [group] = iam.list_groups_for_user(UserName="anna")["Groups"]
    assert group["GroupName"] == "staff"


def test_a_user_is_deleted_when_nothing_is_left_with_it(iam: Any) -> None:
    iam.create_user(UserName="ann")
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(GroupName="staff", UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]

    in_group = error_of(iam.delete_user, UserName="ann")
    iam.remove_user_from_group(GroupName="staff", UserName="ann")
    with_key = error_of(iam.delete_user, UserName="ann")
    iam.delete_access_key(UserName="ann", AccessKeyId=key)
    iam.delete_user(UserName="ann")
    iam.delete_group(GroupName="staff")

    assert in_group["Message"] == "Cannot delete entity, must remove users from group first."
    assert with_key["Message"] == "Cannot delete entity, must delete access keys first."
    assert iam.list_users()["Users"] == []


def test_a_group_shows_its_users(iam: Any) -> None:
    iam.create_group(GroupName="staff")
    for name in ("ben", "ann", "eve"):
        iam.create_user(UserName=name)
    for name in ("ben", "ann"):
        iam.add_user_to_group(GroupName="staff", UserName=name)

    answer = iam.get_group(GroupName="staff")

    assert answer["Group"]["GroupName"] == "staff"
    assert [user["UserName"] for user in answer["Users"]] == ["ann", "ben"]


def test_the_caller_is_the_root_user(iam: Any, account: str) -> None:
    user = iam.get_user()["User"]

    assert (user["UserId"], user["Arn"]) == (account, f"arn:aws:iam::{account}:root")


@pytest.mark.anyio
async def test_the_root_user_is_as_old_as_the_account(tmp_path: Path) -> None:
    async with Direct.on(tmp_path) as direct:
        first = await direct.ask("iam", "GetUser")
        direct.later(days=3)
        again = await direct.ask("iam", "GetUser")

    assert first["User"]["CreateDate"] == again["User"]["CreateDate"] == NOON


@pytest.mark.anyio
async def test_the_root_user_of_an_account_of_an_earlier_version_does_not_grow_younger(
    tmp_path: Path,
) -> None:
    async with Direct.on(tmp_path) as direct:
        await direct.ask("iam", "GetUser")
        [place] = await direct.backends.records.scopes(service="iam", kind="made")
        made = await direct.backends.records.get(place, MADE)
        await direct.backends.records.write(Replace(record=made, document={}))
        first = await direct.ask("iam", "GetUser")
        direct.later(days=3)
        again = await direct.ask("iam", "GetUser")

    assert first["User"]["CreateDate"] == again["User"]["CreateDate"]


def test_the_account_has_an_alias_and_counts(iam: Any) -> None:
    iam.create_user(UserName="ann")
    iam.create_account_alias(AccountAlias="acme")

    summary = iam.get_account_summary()["SummaryMap"]

    assert iam.list_account_aliases()["AccountAliases"] == ["acme"]
    assert (summary["Users"], summary["Roles"], summary["Groups"]) == (1, 1, 0)
    assert (summary["UserPolicySizeQuota"], summary["RolePolicySizeQuota"]) == (2048, 10240)
    assert (summary["AccountMFAEnabled"], summary["ServerCertificates"]) == (0, 0)
