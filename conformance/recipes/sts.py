"""A role that the caller may assume."""

from collections.abc import Mapping
from typing import Any

from conformance.calls import Client, account_in_force
from conformance.policy_documents import permission, trust
from conformance.recipes import Recipe


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Make the role that is assumed, and the policy that bounds a session."""
    account = account_in_force()
    given = {
        "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "DurationSeconds": 900,
        "Name": "name",
        "Policy": permission(),
        "RoleArn": f"arn:aws:iam::{account}:role/role",
        "Tags": [{"Key": "team", "Value": "blue"}],
        "TransitiveTagKeys": ["team"],
    }
    if not operation.startswith("Assume") and operation != "GetFederationToken":
        return given
    iam = client.of("iam")
    iam.ask("CreateRole", RoleName="role", AssumeRolePolicyDocument=trust(account))
    policy = iam.ask("CreatePolicy", PolicyName="policy", PolicyDocument=permission())
    return {**given, "PolicyArns": [{"arn": policy["Policy"]["Arn"]}]}


RECIPE = Recipe(prepare=prepare, without={"": ("SerialNumber", "TokenCode", "ProvidedContexts")})
