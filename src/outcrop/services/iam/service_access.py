"""ListPoliciesGrantingServiceAccess: through which of its policies somebody may use a service.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPoliciesGrantingServiceAccess.html
"""

from collections.abc import Sequence

from outcrop.aws.policies import PolicyDocument, Statement
from outcrop.aws.policies.matching import matches
from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of
from outcrop.services.iam import shapes
from outcrop.services.iam.entities import (
    GROUP,
    KINDS,
    USER,
    EntityKind,
    ended,
    entity_in,
    find_entity,
    page_request,
)
from outcrop.services.iam.groups import groups_of
from outcrop.services.iam.managed_policies import document_of
from outcrop.storage.records.interface import Record

Held = tuple[shapes.PolicyGrantingServiceAccess, PolicyDocument]


@operation("ListPoliciesGrantingServiceAccess")
async def list_policies_granting_service_access(
    call: Call, request: shapes.ListPoliciesGrantingServiceAccessRequest
) -> shapes.ListPoliciesGrantingServiceAccessResponse:
    """Answer with an entity's policies that allow something of each service."""
    name_of_kind, name = entity_in(request["Arn"])
    kind = KINDS[name_of_kind]
    held = await _held(call, kind, await find_entity(call, kind, name))
    services = dict.fromkeys(request["ServiceNamespaces"])
    page = page_of(services, key=str, page=page_request(request))
    entries: list[shapes.ListPoliciesGrantingServiceAccessEntry] = [
        {
            "ServiceNamespace": service,
            "Policies": [shown for shown, document in held if _grants(document, service)],
        }
        for service in page.items
    ]
    return {"PoliciesGrantingServiceAccess": entries, **ended(page)}


async def _held(call: Call, kind: EntityKind, entity: Record) -> list[Held]:
    """Return an entity's policies, and those of a user's groups, as the answer shows them."""
    held: list[Held] = []
    for name, text in sorted(entity.document["inline"].items()):
        inline: shapes.PolicyGrantingServiceAccess = {
            "PolicyName": name,
            "PolicyType": "INLINE",
            "EntityType": kind.name.upper(),
            "EntityName": entity.document["name"],
        }
        held.append((inline, PolicyDocument.parse(text)))
    for arn in entity.document["attached"]:
        managed: shapes.PolicyGrantingServiceAccess = {
            "PolicyName": arn.rpartition("/")[2],
            "PolicyType": "MANAGED",
            "PolicyArn": arn,
        }
        held.append((managed, PolicyDocument.parse(await document_of(call, arn))))
    if kind is USER:
        for group in await groups_of(call, entity):
            held += await _held(call, GROUP, group)
    return held


def _grants(document: PolicyDocument, service: str) -> bool:
    return any(_allows(statement, service) for statement in document.statements)


def _allows(statement: Statement, service: str) -> bool:
    """Tell whether a statement allows something of a service; conditions do not count."""
    if statement.effect != "Allow":
        return False
    if statement.actions is not None:
        return any(_touches(pattern, service) for pattern in statement.actions)
    return not _is_all_in(statement.not_actions or (), service)


def _touches(pattern: str, service: str) -> bool:
    return matches(pattern.partition(":")[0], service, ignore_case=True)


def _is_all_in(patterns: Sequence[str], service: str) -> bool:
    """Tell whether patterns leave nothing of a service."""
    return any(
        pattern.rpartition(":")[2] == "*" and _touches(pattern, service) for pattern in patterns
    )
