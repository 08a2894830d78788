"""What IAM tells of an account as a whole: its alias and its counts.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
"""

from outcrop.operations import Call, operation
from outcrop.services.iam import shapes
from outcrop.services.iam.attached_policies import MOST_ATTACHED
from outcrop.services.iam.default_role import add_default_role
from outcrop.services.iam.entities import scope
from outcrop.services.iam.policy_documents import MOST_INLINE_CHARACTERS, MOST_MANAGED_CHARACTERS
from outcrop.services.iam.policy_versions import MOST_VERSIONS
from outcrop.storage.records.interface import Delete, Put, RecordNotFoundError

ALIAS = "alias"
COUNTED = {
    "Users": "user",
    "Groups": "group",
    "Roles": "role",
    "Policies": "policy",
    "InstanceProfiles": "instance-profile",
    "Providers": "oidc-provider",
}
QUOTAS = {
    "AccessKeysPerUserQuota": 2,
    "AttachedPoliciesPerGroupQuota": MOST_ATTACHED,
    "AttachedPoliciesPerRoleQuota": MOST_ATTACHED,
    "AttachedPoliciesPerUserQuota": MOST_ATTACHED,
    "GroupPolicySizeQuota": MOST_INLINE_CHARACTERS["group"],
    "RolePolicySizeQuota": MOST_INLINE_CHARACTERS["role"],
    "UserPolicySizeQuota": MOST_INLINE_CHARACTERS["user"],
    "PolicySizeQuota": MOST_MANAGED_CHARACTERS,
    "VersionsPerPolicyQuota": MOST_VERSIONS,
}
"""Those that Outcrop holds to; it counts no users, groups and roles against one."""

NONE_OF = (
    "AccountAccessKeysPresent",
    "AccountMFAEnabled",
    "AccountPasswordPresent",
    "AccountSigningCertificatesPresent",
    "MFADevices",
    "MFADevicesInUse",
    "ServerCertificates",
)
"""What no account of Outcrop can have; AWS counts these, too."""


@operation("CreateAccountAlias")
async def create_account_alias(call: Call, request: shapes.CreateAccountAliasRequest) -> None:
    """Give the account its one alias."""
    await call.backends.records.write(
        Put(scope=scope(call, ALIAS), name=ALIAS, document={"alias": request["AccountAlias"]})
    )


@operation("DeleteAccountAlias")
async def delete_account_alias(call: Call, request: shapes.DeleteAccountAliasRequest) -> None:
    """Take its alias from the account."""
    alias = request["AccountAlias"]
    missing = shapes.NoSuchEntityException(f"The account alias {alias} cannot be found.")
    record = await call.backends.records.find(scope(call, ALIAS), ALIAS)
    if record is None or record.document["alias"] != alias:
        raise missing
    try:
        await call.backends.records.write(Delete(scope=record.scope, name=ALIAS))
    except RecordNotFoundError as error:
        raise missing from error


@operation("ListAccountAliases")
async def list_account_aliases(
    call: Call, request: shapes.ListAccountAliasesRequest
) -> shapes.ListAccountAliasesResponse:
    """Answer with the account's alias, if it has one."""
    del request
    record = await call.backends.records.find(scope(call, ALIAS), ALIAS)
    aliases = [] if record is None else [record.document["alias"]]
    return {"AccountAliases": aliases, "IsTruncated": False}


@operation("GetAccountSummary")
async def get_account_summary(
    call: Call, request: dict[str, object]
) -> shapes.GetAccountSummaryResponse:
    """Answer with how many entities the account has, and how many it may have."""
    del request
    await add_default_role(call)
    summary = QUOTAS | dict.fromkeys(NONE_OF, 0)
    for name, kind in COUNTED.items():
        summary[name] = await call.backends.records.count(scope(call, kind))
    return {"SummaryMap": summary}
