"""Cross-origin rules: which browsers' requests a bucket allows, and the headers that say so.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from outcrop.operations import Call

Rules = Sequence[Mapping[str, Any]]
VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"


METHODS = {
    "CompleteMultipartUpload": "POST",
    "CreateMultipartUpload": "POST",
    "DeleteObjects": "POST",
    "RestoreObject": "POST",
}
METHODS_OF_VERBS = {
    "Get": "GET",
    "Head": "HEAD",
    "List": "GET",
    "Delete": "DELETE",
    "Abort": "DELETE",
}


def add_cross_origin_headers(rules: Rules, call: Call) -> None:
    """Let the answer say what the first rule says that fits a browser's request."""
    origin = call.headers.get("origin", "")
    rule = fitting_rule(rules, origin=origin, method=method_of(call.operation))
    if rule is not None:
        call.answer_headers.update(allowing_headers(rule, origin))


def method_of(operation: str) -> str:
    """Return the HTTP method of an operation."""
    if operation in METHODS:
        return METHODS[operation]
    verbs = (method for verb, method in METHODS_OF_VERBS.items() if operation.startswith(verb))
    return next(verbs, "PUT")


def fitting_rule(
    rules: Rules, *, origin: str, method: str, headers: Iterable[str] = ()
) -> Mapping[str, Any] | None:
    """Return the first rule that allows a method, with headers, to pages of an origin."""
    for rule in rules:
        patterns: list[str] = rule.get("AllowedHeaders", [])
        if (
            method in rule.get("AllowedMethods", [])
            and any(fits(pattern, origin) for pattern in rule.get("AllowedOrigins", []))
            and all(
                any(fits(pattern.lower(), header.lower()) for pattern in patterns)
                for header in headers
            )
        ):
            return rule
    return None


def allowing_headers(rule: Mapping[str, Any], origin: str) -> dict[str, str]:
    """Return what every answer to an allowed request carries."""
    is_for_all = "*" in rule.get("AllowedOrigins", [])
    headers = {
        "access-control-allow-origin": "*" if is_for_all else origin,
        "access-control-allow-methods": ", ".join(rule.get("AllowedMethods", [])),
        "vary": VARY,
    }
    if not is_for_all:
        headers["access-control-allow-credentials"] = "true"
    if exposed := rule.get("ExposeHeaders"):
        headers["access-control-expose-headers"] = ", ".join(exposed)
    if (seconds := rule.get("MaxAgeSeconds")) is not None:
        headers["access-control-max-age"] = str(seconds)
    return headers


def fits(pattern: str, text: str) -> bool:
    """Tell whether a text fits a pattern with at most one star."""
    before, star, after = pattern.partition("*")
    if not star:
        return pattern == text
    return (
        len(text) >= len(before) + len(after) and text.startswith(before) and text.endswith(after)
    )
