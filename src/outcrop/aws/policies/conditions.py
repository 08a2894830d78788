"""The operators of a statement's Condition element.

Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import base64
import binascii
import ipaddress
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from outcrop.aws.policies.matching import Conditions, Context, literal, matches, resolved

Compare = Callable[[str, str], bool]
"""Takes the policy's value and the request's."""


def _number(compare: Callable[[float, float], bool]) -> Compare:
    def compared(wanted: str, given: str) -> bool:
        try:
            return compare(float(given), float(wanted))
        except ValueError:
            return False

    return compared


def _date(compare: Callable[[float, float], bool]) -> Compare:
    def compared(wanted: str, given: str) -> bool:
        try:
            return compare(_seconds(given), _seconds(wanted))
        except ValueError:
            return False

    return compared


def _seconds(text: str) -> float:
    """Return a date of a policy in seconds since 1970."""
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _in_network(wanted: str, given: str) -> bool:
    try:
        network = ipaddress.ip_network(wanted, strict=False)
        return ipaddress.ip_address(given) in network
    except (ValueError, TypeError):
        return False


def _same_bytes(wanted: str, given: str) -> bool:
    try:
        return base64.b64decode(wanted, validate=True) == base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return False


def _like_arn(wanted: str, given: str) -> bool:
    """Compare the six parts of an ARN one by one, so that no wildcard reaches over a colon."""
    patterns, parts = wanted.split(":", 5), given.split(":", 5)
    if len(parts) != 6 or len(patterns) != 6:
        return wanted == "*"
    return all(matches(pattern, part) for pattern, part in zip(patterns, parts, strict=True))


POSITIVE: dict[str, Compare] = {
    "stringequals": lambda wanted, given: literal(wanted) == given,
    "stringequalsignorecase": lambda wanted, given: literal(wanted).lower() == given.lower(),
    "stringlike": matches,
    "numericequals": _number(lambda given, wanted: given == wanted),
    "numericlessthan": _number(lambda given, wanted: given < wanted),
    "numericlessthanequals": _number(lambda given, wanted: given <= wanted),
    "numericgreaterthan": _number(lambda given, wanted: given > wanted),
    "numericgreaterthanequals": _number(lambda given, wanted: given >= wanted),
    "dateequals": _date(lambda given, wanted: given == wanted),
    "datelessthan": _date(lambda given, wanted: given < wanted),
    "datelessthanequals": _date(lambda given, wanted: given <= wanted),
    "dategreaterthan": _date(lambda given, wanted: given > wanted),
    "dategreaterthanequals": _date(lambda given, wanted: given >= wanted),
    "bool": lambda wanted, given: wanted.lower() == given.lower(),
    "binaryequals": _same_bytes,
    "ipaddress": _in_network,
    "arnequals": _like_arn,
    "arnlike": _like_arn,
}
NEGATIVE = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
}
OPERATORS = frozenset((*POSITIVE, *NEGATIVE, "null"))


def is_operator(name: str) -> bool:
    """Tell whether IAM knows an operator, with its prefix and suffix."""
    return _parts_of(name)[1] in OPERATORS


def holds(conditions: Conditions, context: Context, *, missing: Callable[[str], None]) -> bool:
    """Tell whether all conditions of a statement hold; `missing` is told of absent context keys."""
    return all(
        _key_holds(operator, key, values, context, missing)
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def _key_holds(
    operator: str,
    key: str,
    values: Sequence[str],
    context: Context,
    missing: Callable[[str], None],
) -> bool:
    quantifier, name, if_exists = _parts_of(operator)
    given = context.get(key.lower())
    if name == "null":
        return (given is None) == (values[0].lower() == "true")
    if given is None:
        if not if_exists:
            missing(key)
        return if_exists or quantifier == "forallvalues" or name in NEGATIVE
    patterns = [each for value in values if (each := resolved(value, context, missing=missing))]
    compare = POSITIVE[NEGATIVE.get(name, name)]
    is_met = [any(compare(pattern, each) for pattern in patterns) for each in given]
    if name in NEGATIVE:
        is_met = [not met for met in is_met]
        # A key with many values differs from a value only if all of them do.
        return any(is_met) if quantifier == "foranyvalue" else all(is_met)
    return all(is_met) if quantifier == "forallvalues" else any(is_met)


def _parts_of(operator: str) -> tuple[str, str, bool]:
    """Return an operator's quantifier, its name and whether it is content with absent keys."""
    quantifier, _, name = operator.lower().rpartition(":")
    return quantifier, name.removesuffix("ifexists"), name.endswith("ifexists")
