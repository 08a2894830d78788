"""What policies decide: an explicit denial wins, then an explicit permission, else it is denied.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from outcrop.aws.arn import Arn
from outcrop.aws.policies.conditions import holds
from outcrop.aws.policies.documents import PolicyDocument, Statement
from outcrop.aws.policies.matching import Context, matches, resolved


class Verdict(Enum):
    """What a set of policies says, in the words of IAM's simulator."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """Somebody wants to do something with something."""

    action: str
    """`s3:GetObject`."""
    resource: str = "*"
    """An ARN, or `*` for an action that has no resource."""
    context: Context = field(default_factory=dict[str, Sequence[str]])
    """Context key, in lower case → values."""
    principal: str = ""
    """The caller's ARN, or a service's name, for policies that name principals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict and its reasons."""

    verdict: Verdict
    matched: Sequence[tuple[int, Statement]] = ()
    """The statements that decided, each with the index of its policy."""
    missing: Sequence[str] = ()
    """Context keys that some statement asked for and the request lacks."""


def decide(policies: Iterable[PolicyDocument], request: AccessRequest) -> Decision:
    """Return what policies of one kind say together about a request."""
    missing: dict[str, None] = {}
    matched: dict[str, list[tuple[int, Statement]]] = {"Allow": [], "Deny": []}
    for index, policy in enumerate(policies):
        for statement in policy.statements:
            if _applies(statement, request, missing):
                matched[statement.effect].append((index, statement))
    if matched["Deny"]:
        verdict, reasons = Verdict.EXPLICIT_DENY, matched["Deny"]
    elif matched["Allow"]:
        verdict, reasons = Verdict.ALLOWED, matched["Allow"]
    else:
        verdict, reasons = Verdict.IMPLICIT_DENY, []
    return Decision(verdict=verdict, matched=reasons, missing=list(missing))


def _applies(statement: Statement, request: AccessRequest, missing: dict[str, None]) -> bool:
    return (
        _is_meant(statement.actions, statement.not_actions, request.action)
        and _is_about(statement, request, missing)
        and _is_addressed(statement, request)
        and holds(statement.conditions, request.context, missing=missing.setdefault)
    )


def _is_meant(actions: Sequence[str] | None, others: Sequence[str] | None, action: str) -> bool:
    if actions is not None:
        return any(matches(pattern, action, ignore_case=True) for pattern in actions)
    return not any(matches(pattern, action, ignore_case=True) for pattern in others or ())


def _is_about(statement: Statement, request: AccessRequest, missing: dict[str, None]) -> bool:
    def is_one_of(patterns: Sequence[str]) -> bool:
        known = (
            resolved(pattern, request.context, missing=missing.setdefault) for pattern in patterns
        )
        return any(pattern and matches(pattern, request.resource) for pattern in known)

    if statement.resources is not None:
        return is_one_of(statement.resources)
    if statement.not_resources is not None:
        return not is_one_of(statement.not_resources)
    return True  # a trust policy's resource is its role


def _is_addressed(statement: Statement, request: AccessRequest) -> bool:
    for principals, is_wanted in ((statement.principals, True), (statement.not_principals, False)):
        if principals is not None:
            named = (name for names in principals.values() for name in names)
            return any(is_principal(name, request.principal) for name in named) is is_wanted
    return True


def is_principal(name: str, principal: str) -> bool:
    """Tell whether a policy's principal stands for a caller.

    Args:
        name: An ARN, an account, a service or `*`. An account stands for everyone in it.
        principal: The caller's ARN or a service's name. The root user counts as everyone whom its
            account has, since without proof of identity nobody else is known.
    """
    if name in {"*", principal}:
        return True
    caller, named = _arn(principal), _arn(name)
    if caller is None or caller.resource.startswith("oidc-provider/"):
        return False
    if (named.account if named else name) != caller.account:
        return False
    if named is None or "root" in {named.resource, caller.resource}:
        return True
    kind, _, session = caller.resource.partition("/")
    role = session.partition("/")[0]
    return kind == "assumed-role" and named.resource.rpartition("/")[2] == role


def _arn(text: str) -> Arn | None:
    try:
        return Arn.parse(text)
    except ValueError:
        return None
