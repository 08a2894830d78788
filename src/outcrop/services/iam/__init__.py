"""AWS Identity and Access Management: roles, policies, users, and what they permit."""

from outcrop.operations import Service
from outcrop.services.iam import (
    access_keys,
    account,
    attached_policies,
    authorization_details,
    boundaries,
    groups,
    identity_providers,
    inline_policies,
    instance_profiles,
    managed_policies,
    policy_versions,
    roles,
    service_access,
    service_linked_roles,
    simulation,
    tags,
    users,
)

SERVICE = Service.of(
    "iam",
    roles,
    users,
    groups,
    access_keys,
    instance_profiles,
    managed_policies,
    policy_versions,
    attached_policies,
    inline_policies,
    boundaries,
    identity_providers,
    service_linked_roles,
    simulation,
    service_access,
    account,
    authorization_details,
    tags,
)
