"""The policies that say what a role, user or group may do.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from dataclasses import dataclass

from outcrop.aws.policies import PolicyDocument
from outcrop.operations import Call
from outcrop.services.iam.aws_managed import aws_managed_policy
from outcrop.services.iam.groups import groups_of
from outcrop.services.iam.managed_policies import document_of
from outcrop.storage.records.interface import Record


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """A policy and where it comes from."""

    name: str
    kind: str
    """`IAM Policy`, or `AWS Managed Policy`."""
    document: PolicyDocument


async def policies_of(call: Call, kind: str, entity: Record) -> list[NamedPolicy]:
    """Return an entity's own policies, inline and attached, and those of a user's groups."""
    document = entity.document
    owned = [
        NamedPolicy(f"{kind}_{document['name']}_{name}", "IAM Policy", PolicyDocument.parse(text))
        for name, text in document["inline"].items()
    ]
    owned += [await _managed(call, arn) for arn in document["attached"]]
    if kind == "user":
        for group in await groups_of(call, entity):
            owned += await policies_of(call, "group", group)
    return owned


async def boundary_of(call: Call, entity: Record) -> list[NamedPolicy]:
    """Return an entity's permissions boundary, if it has one."""
    arn = entity.document.get("boundary")
    return [] if arn is None else [await _managed(call, arn)]


async def _managed(call: Call, arn: str) -> NamedPolicy:
    kind = "AWS Managed Policy" if aws_managed_policy(arn) else "IAM Policy"
    text = await document_of(call, arn)
    return NamedPolicy(arn.rpartition("/")[2], kind, PolicyDocument.parse(text))
