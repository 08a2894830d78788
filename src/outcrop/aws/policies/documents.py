"""Policy documents: JSON text read into statements and checked against the grammar.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from outcrop.aws.policies.conditions import is_operator
from outcrop.aws.policies.matching import Conditions
from outcrop.aws.user_json import read_json

VERSIONS = frozenset(("2012-10-17", "2008-10-17"))
ELEMENTS = frozenset(
    (
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    )
)
PRINCIPAL_KINDS = frozenset(("AWS", "Service", "Federated", "CanonicalUser"))
SYNTAX_ERROR = "Syntax errors in policy."
PolicyKind = Literal["identity", "resource", "trust"]


class MalformedPolicyError(ValueError):
    """A policy document breaks the grammar; the text is AWS's own where it is known."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the text of a document, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement; of each element and its opposite at most one is given."""

    effect: Literal["Allow", "Deny"]
    actions: Sequence[str] | None = None
    not_actions: Sequence[str] | None = None
    resources: Sequence[str] | None = None
    not_resources: Sequence[str] | None = None
    principals: Mapping[str, Sequence[str]] | None = None
    """By kind: `AWS`, `Service`, `Federated`, `CanonicalUser`."""
    not_principals: Mapping[str, Sequence[str]] | None = None
    conditions: Conditions
    sid: str = ""
    start: Position = Position(1, 1)
    end: Position = Position(1, 1)


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A parsed policy."""

    statements: Sequence[Statement]
    version: str
    """Variables such as `${aws:username}` are known from `2012-10-17` on."""

    @classmethod
    def parse(cls, text: str, *, kind: PolicyKind = "identity") -> "PolicyDocument":
        """Return the policy of a text.

        Args:
            text: JSON.
            kind: Identity policies name resources, trust policies principals, and resource
                policies both.

        Raises:
            MalformedPolicyError: The text is no policy of this kind.
        """
        try:
            document = read_json(text)
        except ValueError as error:
            raise MalformedPolicyError(SYNTAX_ERROR) from error
        if not isinstance(document, dict):
            raise MalformedPolicyError(SYNTAX_ERROR)
        members = cast("dict[str, Any]", document)
        if unknown := members.keys() - {"Version", "Id", "Statement"}:
            raise MalformedPolicyError(f"Unknown field {min(unknown)}")
        version = members.get("Version", "2008-10-17")
        if version not in VERSIONS:
            raise MalformedPolicyError(
                "The policy must contain a valid version string. Please use 2012-10-17."
            )
        listed = members.get("Statement")
        given = cast("list[Any]", listed if isinstance(listed, list) else [listed])
        if not given:
            raise MalformedPolicyError(SYNTAX_ERROR)
        spans = list(_spans(text))
        statements = [_statement(each, kind, *spans[at : at + 1]) for at, each in enumerate(given)]
        sids = [statement.sid for statement in statements if statement.sid]
        if len(set(sids)) < len(sids):
            raise MalformedPolicyError("Statement IDs (SID) in a single policy must be unique.")
        return cls(statements, version)


def _statement(
    given: Any, kind: PolicyKind, span: tuple[Position, Position] = (Position(1, 1), Position(1, 1))
) -> Statement:
    if not isinstance(given, dict):
        raise MalformedPolicyError(SYNTAX_ERROR)
    members = cast("dict[str, Any]", given)
    if unknown := members.keys() - ELEMENTS:
        raise MalformedPolicyError(f"Unknown field {min(unknown)}")
    effect = members.get("Effect")
    if effect not in {"Allow", "Deny"}:
        raise MalformedPolicyError(SYNTAX_ERROR if effect is None else f"Invalid effect: {effect}")
    _check_elements(members, kind)
    return Statement(
        effect=effect,
        actions=_texts(members, "Action"),
        not_actions=_texts(members, "NotAction"),
        resources=_texts(members, "Resource"),
        not_resources=_texts(members, "NotResource"),
        principals=_principals(members, "Principal"),
        not_principals=_principals(members, "NotPrincipal"),
        conditions=_conditions(members.get("Condition", {})),
        sid=str(members.get("Sid", "")),
        start=span[0],
        end=span[1],
    )


def _check_elements(members: Mapping[str, Any], kind: PolicyKind) -> None:
    for element in ("Action", "Resource", "Principal"):
        if element in members and f"Not{element}" in members:
            raise MalformedPolicyError(SYNTAX_ERROR)
    if not members.keys() & {"Action", "NotAction"}:
        raise MalformedPolicyError("Policy statement must contain actions.")
    has_resources = bool(members.keys() & {"Resource", "NotResource"})
    has_principals = bool(members.keys() & {"Principal", "NotPrincipal"})
    if kind == "trust" and has_resources:
        raise MalformedPolicyError("Has prohibited field Resource")
    if kind != "trust" and not has_resources:
        raise MalformedPolicyError("Policy statement must contain resources.")
    if kind == "identity" and has_principals:
        raise MalformedPolicyError("Policy document should not specify a principal.")
    if kind != "identity" and not has_principals:
        raise MalformedPolicyError("Missing required field Principal")


def _texts(members: Mapping[str, Any], element: str) -> Sequence[str] | None:
    """Return an element that may be one text or a list of them; `None` if it is not there."""
    if element not in members:
        return None
    texts = _listed(members[element])
    if element.endswith("Action"):
        for action in texts:
            if action != "*" and ":" not in action:
                raise MalformedPolicyError(
                    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
                )
    if element.endswith("Resource"):
        for resource in texts:
            if resource != "*" and not resource.startswith(("arn:", "${")):
                raise MalformedPolicyError(f'Resource {resource} must be in ARN format or "*".')
    return texts


def _listed(value: Any) -> Sequence[str]:
    items = cast("list[Any]", value if isinstance(value, list) else [value])
    if not all(isinstance(item, str) for item in items):
        raise MalformedPolicyError(SYNTAX_ERROR)
    return items


def _principals(members: Mapping[str, Any], element: str) -> Mapping[str, Sequence[str]] | None:
    given = members.get(element)
    if given is None:
        return None
    if given == "*":
        return {"AWS": ["*"]}
    if not isinstance(given, dict) or not given:
        raise MalformedPolicyError(f"Invalid principal in policy: {json.dumps(given)}")
    kinds = cast("dict[str, Any]", given)
    if unknown := kinds.keys() - PRINCIPAL_KINDS:
        raise MalformedPolicyError(f"Invalid principal in policy: {min(unknown)}")
    return {kind: _listed(names) for kind, names in kinds.items()}


def _conditions(given: Any) -> Conditions:
    if not isinstance(given, dict):
        raise MalformedPolicyError(SYNTAX_ERROR)
    conditions: dict[str, dict[str, Sequence[str]]] = {}
    for operator, keys in cast("dict[str, Any]", given).items():
        if not isinstance(keys, dict):
            raise MalformedPolicyError(SYNTAX_ERROR)
        if not is_operator(operator):
            raise MalformedPolicyError(f"Invalid Condition type : {operator}.")
        conditions[operator] = {
            key: _condition_values(values) for key, values in cast("dict[str, Any]", keys).items()
        }
    return conditions


def _condition_values(value: Any) -> Sequence[str]:
    values = cast("list[Any]", value if isinstance(value, list) else [value])
    if any(isinstance(each, dict | list) or each is None for each in values):
        raise MalformedPolicyError(SYNTAX_ERROR)
    return [each if isinstance(each, str) else json.dumps(each) for each in values]


def _spans(text: str) -> Iterator[tuple[Position, Position]]:
    """Give where each statement stands in a document that is known to be JSON."""
    decoder = json.JSONDecoder()
    at = text.index("{") + 1
    while True:
        at = _beyond(text, at, " \t\r\n,")
        if text[at] == "}":
            return
        name, at = decoder.raw_decode(text, at)
        at = _beyond(text, at, " \t\r\n:")
        if name == "Statement":
            break
        _, at = decoder.raw_decode(text, at)
    is_list = text[at] == "["
    at += is_list
    while True:
        at = _beyond(text, at, " \t\r\n,")
        if text[at] == "]":
            return
        start = at
        _, at = decoder.raw_decode(text, start)
        yield _position(text, start), _position(text, at)
        if not is_list:
            return


def _beyond(text: str, at: int, passed: str) -> int:
    while text[at] in passed:
        at += 1
    return at


def _position(text: str, at: int) -> Position:
    line_start = text.rfind("\n", 0, at) + 1
    return Position(text.count("\n", 0, at) + 1, at - line_start + 1)
