"""SimulatePrincipalPolicy and SimulateCustomPolicy: what policies would permit, really evaluated.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.aws.policies import (
    AccessRequest,
    Decision,
    MalformedPolicyError,
    PolicyDocument,
    Statement,
    Verdict,
    decide,
    variables_in,
)
from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of
from outcrop.services.iam import shapes
from outcrop.services.iam.entities import (
    KINDS,
    ended,
    entity_in,
    find_entity,
    page_request,
)
from outcrop.services.iam.policies_of import NamedPolicy, boundary_of, policies_of
from outcrop.services.iam.simulation_context import context_of_principal, given_context


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """All that decides, whatever the action and the resource."""

    policies: Sequence[NamedPolicy]
    boundaries: Sequence[NamedPolicy]
    resource_policy: PolicyDocument | None
    context: Mapping[str, Sequence[str]]
    caller: str

    def result(self, action: str, resource: str) -> shapes.EvaluationResult:
        """Return what an action on a resource comes to."""
        request = AccessRequest(
            action=action, resource=resource, context=self.context, principal=self.caller
        )
        identity = decide([policy.document for policy in self.policies], request)
        boundary = decide([policy.document for policy in self.boundaries], request)
        by_resource = decide([self.resource_policy] if self.resource_policy else [], request)
        verdict = self._verdict(identity, boundary, by_resource)
        matched = self._matched(identity, by_resource)
        missing = list(dict.fromkeys((*identity.missing, *by_resource.missing)))
        result: shapes.EvaluationResult = {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": verdict.value,
            "MatchedStatements": matched,
            "MissingContextValues": missing,
            "ResourceSpecificResults": [
                {
                    "EvalResourceName": resource,
                    "EvalResourceDecision": verdict.value,
                    "MatchedStatements": matched,
                    "MissingContextValues": missing,
                }
            ],
        }
        if self.boundaries:
            is_within = boundary.verdict is Verdict.ALLOWED
            result["PermissionsBoundaryDecisionDetail"] = {
                "AllowedByPermissionsBoundary": is_within
            }
        return result

    def _verdict(self, identity: Decision, boundary: Decision, by_resource: Decision) -> Verdict:
        verdicts = (identity.verdict, boundary.verdict, by_resource.verdict)
        if Verdict.EXPLICIT_DENY in verdicts:
            return Verdict.EXPLICIT_DENY
        is_within = not self.boundaries or boundary.verdict is Verdict.ALLOWED
        # Within one account a resource's policy allows by itself.
        if by_resource.verdict is Verdict.ALLOWED or (
            identity.verdict is Verdict.ALLOWED and is_within
        ):
            return Verdict.ALLOWED
        return Verdict.IMPLICIT_DENY

    def _matched(self, identity: Decision, by_resource: Decision) -> list[shapes.Statement]:
        own = [(self.policies[index], statement) for index, statement in identity.matched]
        return [
            *(_shown(policy.name, policy.kind, statement) for policy, statement in own),
            *(
                _shown("ResourcePolicy", "Resource Policy", statement)
                for _, statement in by_resource.matched
            ),
        ]


def _shown(policy: str, kind: str, statement: Statement) -> shapes.Statement:
    return {
        "SourcePolicyId": policy,
        "SourcePolicyType": kind,
        "StartPosition": {"Line": statement.start.line, "Column": statement.start.column},
        "EndPosition": {"Line": statement.end.line, "Column": statement.end.column},
    }


@operation("SimulatePrincipalPolicy")
async def simulate_principal_policy(
    call: Call, request: shapes.SimulatePrincipalPolicyRequest
) -> shapes.SimulatePolicyResponse:
    """Answer with what a role, user or group may do, with further policies if some are given."""
    kind, name = entity_in(request["PolicySourceArn"])
    entity = await find_entity(call, KINDS[kind], name)
    added = _given(request.get("PolicyInputList", []), "PolicyInputList")
    boundary = _given(
        request.get("PermissionsBoundaryPolicyInputList", []), "PermissionsBoundaryPolicyInputList"
    )
    caller = request.get("CallerArn", request["PolicySourceArn"])
    context = {
        **context_of_principal(call, kind, entity, caller),
        **given_context(request.get("ContextEntries", [])),
    }
    simulation = Simulation(
        policies=[*await policies_of(call, kind, entity), *added],
        boundaries=boundary or await boundary_of(call, entity),
        resource_policy=_resource_policy(request),
        context=context,
        caller=caller,
    )
    return _answer(simulation, request)


@operation("SimulateCustomPolicy")
async def simulate_custom_policy(
    call: Call, request: shapes.SimulateCustomPolicyRequest
) -> shapes.SimulatePolicyResponse:
    """Answer with what the policies in the request permit."""
    simulation = Simulation(
        policies=_given(request["PolicyInputList"], "PolicyInputList"),
        boundaries=_given(
            request.get("PermissionsBoundaryPolicyInputList", []),
            "PermissionsBoundaryPolicyInputList",
        ),
        resource_policy=_resource_policy(request),
        context=given_context(request.get("ContextEntries", [])),
        caller=request.get("CallerArn", call.principal.arn),
    )
    return _answer(simulation, request)


@operation("GetContextKeysForCustomPolicy")
async def get_context_keys_for_custom_policy(
    call: Call, request: shapes.GetContextKeysForCustomPolicyRequest
) -> shapes.GetContextKeysForPolicyResponse:
    """Answer with the context keys that policies ask for."""
    del call
    documents = [_parsed(text) for text in request["PolicyInputList"]]
    return {"ContextKeyNames": _context_keys(documents)}


@operation("GetContextKeysForPrincipalPolicy")
async def get_context_keys_for_principal_policy(
    call: Call, request: shapes.GetContextKeysForPrincipalPolicyRequest
) -> shapes.GetContextKeysForPolicyResponse:
    """Answer with the context keys that the policies of a role, user or group ask for."""
    kind, name = entity_in(request["PolicySourceArn"])
    entity = await find_entity(call, KINDS[kind], name)
    documents = [policy.document for policy in await policies_of(call, kind, entity)]
    documents += [_parsed(text) for text in request.get("PolicyInputList", [])]
    return {"ContextKeyNames": _context_keys(documents)}


def _answer(simulation: Simulation, request: Mapping[str, Any]) -> shapes.SimulatePolicyResponse:
    for unavailable in ("OrderedOrganizationPolicyInputList", "PolicyExclusionList"):
        if request.get(unavailable):
            raise shapes.InvalidInputException(
                f"{unavailable} is not available in Outcrop, which knows no organizations."
            )
    pairs = [
        (action, resource)
        for action in request["ActionNames"]
        for resource in request.get("ResourceArns") or ["*"]
    ]
    numbered = [f"{number:09d}" for number in range(len(pairs))]
    page = page_of(numbered, key=str, page=page_request(request))
    results = [simulation.result(*pairs[int(number)]) for number in page.items]
    return {"EvaluationResults": results, **ended(page)}


def _parsed(text: str) -> PolicyDocument:
    """Return a policy of the request; simulations have an error of their own for one that is none.

    Raises:
        InvalidInputException: The text is no identity policy.
    """
    try:
        return PolicyDocument.parse(text)
    except MalformedPolicyError as error:
        raise shapes.InvalidInputException(str(error)) from error


def _given(texts: Sequence[str], list_name: str) -> list[NamedPolicy]:
    return [
        NamedPolicy(f"{list_name}.{number}", "IAM Policy", _parsed(text))
        for number, text in enumerate(texts, start=1)
    ]


def _resource_policy(request: Mapping[str, Any]) -> PolicyDocument | None:
    text = request.get("ResourcePolicy")
    if text is None:
        return None
    try:
        return PolicyDocument.parse(text, kind="resource")
    except MalformedPolicyError as error:
        raise shapes.InvalidInputException(f"Invalid resource policy: {error}") from error


def _context_keys(documents: Sequence[PolicyDocument]) -> list[str]:
    keys: dict[str, None] = {}
    for document in documents:
        for statement in document.statements:
            for keys_of_operator in statement.conditions.values():
                keys |= dict.fromkeys(keys_of_operator)
            for pattern in (*(statement.resources or ()), *(statement.not_resources or ())):
                keys |= dict.fromkeys(variables_in(pattern))
    return list(keys)
