"""Through which of its policies somebody may use a service."""

from collections.abc import Callable
from typing import Any

from tests.services.direct import error_of
from tests.services.iam.conftest import document


def test_policies_are_told_by_the_services_that_they_allow(
    iam: Any, policy: Callable[..., str], account: str
) -> None:
    everything_else = policy("rest", {"NotAction": ["iam:*", "s3:Delete*"]})
    forbidden = policy("never", {"Effect": "Deny", "Action": "*"})
    iam.create_user(UserName="ann")
    iam.create_group(GroupName="Staff")
    iam.add_user_to_group(GroupName="Staff", UserName="ann")
    iam.put_user_policy(
        UserName="ann", PolicyName="own", PolicyDocument=document({"Action": "S3:Get*"})
    )
    iam.put_group_policy(
        GroupName="Staff", PolicyName="theirs", PolicyDocument=document({"Action": "i*:List*"})
    )
    for arn in (everything_else, forbidden):
        iam.attach_user_policy(UserName="ann", PolicyArn=arn)

    answer = iam.list_policies_granting_service_access(
        Arn=f"arn:aws:iam::{account}:user/ann", ServiceNamespaces=["s3", "iam"]
    )

    own = {
        "PolicyName": "own",
        "PolicyType": "INLINE",
        "EntityType": "USER",
        "EntityName": "ann",
    }
    theirs = {
        "PolicyName": "theirs",
        "PolicyType": "INLINE",
        "EntityType": "GROUP",
        "EntityName": "Staff",
    }
    rest = {"PolicyName": "rest", "PolicyType": "MANAGED", "PolicyArn": everything_else}
    assert answer["PoliciesGrantingServiceAccess"] == [
        {"ServiceNamespace": "s3", "Policies": [own, rest]},
        {"ServiceNamespace": "iam", "Policies": [theirs]},
    ]


def test_only_entities_have_policies(iam: Any, account: str) -> None:
    def refused(arn: str) -> str:
        asked = {"Arn": arn, "ServiceNamespaces": ["s3"]}
        return error_of(iam.list_policies_granting_service_access, **asked)["Code"]

    codes = [refused(f"arn:aws:iam::{account}:{end}") for end in ("user/none", "policy/none")]

    assert codes == ["NoSuchEntity", "InvalidInput"]
