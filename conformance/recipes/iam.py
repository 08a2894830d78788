"""A role, a user, a group, a policy and their like, each made when an operation names one."""

from collections.abc import Mapping
from typing import Any

from conformance.policy_documents import permission, resource_permission, trust
from conformance.recipes import Recipe
from conformance.recipes.steps import Maker, Steps


def values(account: str) -> Mapping[str, Any]:
    """Return names and documents."""
    return {
        "AWSServiceName": "autoscaling.amazonaws.com",
        "CustomSuffix": "suffix",
        "AccountAlias": "some-alias",
        "ActionNames": ["s3:GetObject"],
        "AssumeRolePolicyDocument": trust(account),
        "CallerArn": f"arn:aws:iam::{account}:user/user",
        "ClientID": "client",
        "ClientIDList": ["client"],
        "ContextEntries": [
            {
                "ContextKeyName": "aws:SourceIp",
                "ContextKeyValues": ["10.0.0.1"],
                "ContextKeyType": "ip",
            }
        ],
        "GroupName": "group",
        "InstanceProfileName": "profile",
        "NewGroupName": "new-group",
        "NewPath": "/new/",
        "NewUserName": "new-user",
        "OrderedOrganizationPolicyInputList": [{"Policies": [permission()]}],
        "Path": "/path/",
        "PathPrefix": "/",
        "PermissionsBoundaryPolicyInputList": [permission()],
        "PolicyDocument": permission(),
        "UpdateAssumeRolePolicy.PolicyDocument": trust(account),
        "PolicyInputList": [permission()],
        "PolicyName": "policy",
        "ResourceArns": ["arn:aws:s3:::bucket/key"],
        "ResourceOwner": f"arn:aws:iam::{account}:root",
        "ResourcePolicy": resource_permission(
            account, "s3:GetObject", resource="arn:aws:s3:::bucket/*"
        ),
        "RoleName": "role",
        "Tags": [{"Key": "team", "Value": "blue"}],
        "TagKeys": ["team"],
        "Url": "https://issuer.example.com",
        "UserName": "user",
    }


MAKERS = {
    "AccessKeyId": Maker("CreateAccessKey", "AccessKey.AccessKeyId"),
    "DeletionTaskId": Maker("DeleteServiceLinkedRole", "DeletionTaskId"),
    "GroupName": Maker("CreateGroup"),
    "InstanceProfileName": Maker("CreateInstanceProfile"),
    "OpenIDConnectProviderArn": Maker("CreateOpenIDConnectProvider", "OpenIDConnectProviderArn"),
    "PermissionsBoundary": Maker("CreatePolicy", "Policy.Arn"),
    "PolicyArn": Maker("CreatePolicy", "Policy.Arn"),
    "PolicySourceArn": Maker("CreateRole", "Role.Arn"),
    "RoleName": Maker("CreateRole"),
    "DeleteServiceLinkedRole.RoleName": Maker("CreateServiceLinkedRole", "Role.RoleName"),
    "UserName": Maker("CreateUser"),
    "VersionId": Maker("CreatePolicyVersion", "PolicyVersion.VersionId"),
}
BEFORE = {
    "DeleteAccountAlias": ("CreateAccountAlias",),
    "DeleteGroupPolicy": ("PutGroupPolicy",),
    "DeleteRolePermissionsBoundary": ("PutRolePermissionsBoundary",),
    "DeleteRolePolicy": ("PutRolePolicy",),
    "DeleteUserPermissionsBoundary": ("PutUserPermissionsBoundary",),
    "DeleteUserPolicy": ("PutUserPolicy",),
    "DetachGroupPolicy": ("AttachGroupPolicy",),
    "DetachRolePolicy": ("AttachRolePolicy",),
    "DetachUserPolicy": ("AttachUserPolicy",),
    "GetGroup": ("AddUserToGroup",),
    "GetGroupPolicy": ("PutGroupPolicy",),
    "GetInstanceProfile": ("AddRoleToInstanceProfile",),
    "GetRole": ("PutRolePermissionsBoundary", "TagRole"),
    "GetRolePolicy": ("PutRolePolicy",),
    "GetUser": ("PutUserPermissionsBoundary", "TagUser"),
    "GetUserPolicy": ("PutUserPolicy",),
    "ListAccessKeys": ("CreateAccessKey",),
    "ListAccountAliases": ("CreateAccountAlias",),
    "ListAttachedGroupPolicies": ("AttachGroupPolicy",),
    "ListAttachedRolePolicies": ("AttachRolePolicy",),
    "ListAttachedUserPolicies": ("AttachUserPolicy",),
    "ListEntitiesForPolicy": ("AttachGroupPolicy", "AttachRolePolicy", "AttachUserPolicy"),
    "ListGroupPolicies": ("PutGroupPolicy",),
    "ListGroups": ("CreateGroup",),
    "ListGroupsForUser": ("AddUserToGroup",),
    "ListInstanceProfileTags": ("TagInstanceProfile",),
    "ListInstanceProfiles": ("AddRoleToInstanceProfile",),
    "ListInstanceProfilesForRole": ("AddRoleToInstanceProfile",),
    "ListOpenIDConnectProviderTags": ("TagOpenIDConnectProvider",),
    "ListOpenIDConnectProviders": ("CreateOpenIDConnectProvider",),
    "ListPolicies": ("CreatePolicy",),
    "ListPolicyTags": ("TagPolicy",),
    "ListPolicyVersions": ("CreatePolicyVersion",),
    "ListRolePolicies": ("PutRolePolicy",),
    "ListRoleTags": ("TagRole",),
    "ListRoles": ("CreateRole",),
    "ListUserPolicies": ("PutUserPolicy",),
    "ListUserTags": ("TagUser",),
    "ListUsers": ("CreateUser",),
    "RemoveRoleFromInstanceProfile": ("AddRoleToInstanceProfile",),
    "RemoveUserFromGroup": ("AddUserToGroup",),
    "UntagInstanceProfile": ("TagInstanceProfile",),
    "UntagOpenIDConnectProvider": ("TagOpenIDConnectProvider",),
    "UntagPolicy": ("TagPolicy",),
    "UntagRole": ("TagRole",),
    "UntagUser": ("TagUser",),
}

RECIPE = Recipe(
    prepare=Steps(
        values=values,
        makers=MAKERS,
        before=BEFORE,
        needed={"CreateAccessKey": ("UserName",)},
    ),
    needed={"CreateAccessKey": ("UserName",), "ListAccessKeys": ("UserName",)},
    without={"": ("Marker",)},
    errors={"NoSuchEntity": 404},  # GetAccessKeyLastUsed answers it of a key that is not there
    tolerated=(
        # The id of the root user is the number of its account: 12 digits, where the model asks 16.
        r"^\.User\.UserId: 12 characters",
        # The documentation knows "Policy" alone, the model "PermissionsBoundaryPolicy" alone.
        r"PermissionsBoundaryType: 'Policy' is none of",
        # Simulations answer this of all customers' policies; the model knows other words.
        r"SourcePolicyType: '(AWS Managed|IAM|Resource) Policy' is none of",
    ),
)
