"""A guardrail's policies: checked, and kept in the form in which GetGuardrail shows them.

Requests and answers name the same things, requests with `Config` behind each name.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-components.html
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from outcrop.operations import Call
from outcrop.services.bedrock import shapes
from outcrop.services.bedrock.catalogue import catalogue

POLICIES = (
    "topicPolicyConfig",
    "contentPolicyConfig",
    "wordPolicyConfig",
    "sensitiveInformationPolicyConfig",
    "contextualGroundingPolicyConfig",
)
SUFFIX = "Config"
ENABLED = {"inputEnabled": True, "outputEnabled": True}
BLOCKS = {"inputAction": "BLOCK", "outputAction": "BLOCK", **ENABLED}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "topics": {"type": "DENY", **BLOCKS},
    "contentPolicy.filters": {"inputModalities": ["TEXT"], "outputModalities": ["TEXT"], **BLOCKS},
    "words": BLOCKS,
    "managedWordLists": BLOCKS,
    "piiEntities": ENABLED,
    "regexes": ENABLED,
    "contextualGroundingPolicy.filters": {"action": "BLOCK", "enabled": True},
}
"""What an entry of a list does unless it says otherwise, by the list's name."""
ACTS_ALIKE = ("piiEntities", "regexes")
"""Lists whose `action` stands for both directions."""
IDENTITIES = {
    "topics": "name",
    "filters": "type",
    "words": "text",
    "managedWordLists": "type",
    "piiEntities": "type",
    "regexes": "name",
}
"""The member that no two entries of a list may have in common."""
TIERED = ("topicPolicy", "contentPolicy", "contextualGroundingPolicy")
LEAST_FORBIDDEN_THRESHOLD = 1.0
"""Nothing is ever grounded or relevant beyond all doubt: it would block every answer."""


def policies_of(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the policies of a request as they are kept and shown.

    Raises:
        ServiceError: They contradict themselves, or name what is not there.
    """
    if "automatedReasoningPolicyConfig" in request:
        named = request["automatedReasoningPolicyConfig"]["policies"][0]
        raise shapes.ResourceNotFoundException(
            f"The automated reasoning policy {named} does not exist."
        )
    kept: dict[str, Any] = {}
    for name in POLICIES:
        if name in request:
            policy = name.removesuffix(SUFFIX)
            kept[policy] = _policy(policy, request[name])
    _check_content(kept.get("contentPolicy", {}).get("filters", ()))
    _check_regexes(kept.get("sensitiveInformationPolicy", {}).get("regexes", ()))
    _check_grounding(kept.get("contextualGroundingPolicy", {}).get("filters", ()))
    if "crossRegionConfig" in request:
        kept["crossRegionDetails"] = _cross_region(
            call, request["crossRegionConfig"]["guardrailProfileIdentifier"]
        )
    elif any(kept.get(policy, {}).get("tier") == {"tierName": "STANDARD"} for policy in TIERED):
        raise shapes.ValidationException(
            "The STANDARD tier needs cross-Region inference: give crossRegionConfig."
        )
    return kept


def _policy(policy: str, config: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in config.items():
        member = name.removesuffix(SUFFIX)
        if isinstance(value, list):
            entries = cast("list[dict[str, Any]]", value)
            shown[member] = [_entry(policy, member, entry) for entry in entries]
            _refuse_repeated(policy, member, shown[member])
        else:
            shown[member] = value
    if policy in TIERED:
        shown.setdefault("tier", {"tierName": "CLASSIC"})
    return shown


def _entry(policy: str, member: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    defaults = DEFAULTS.get(f"{policy}.{member}") or DEFAULTS[member]
    if member in ACTS_ALIKE:
        action = entry["action"]
        defaults = {"inputAction": action, "outputAction": action, **defaults}
    return {**defaults, **entry}


def _refuse_repeated(policy: str, member: str, entries: Iterable[Mapping[str, Any]]) -> None:
    seen: set[str] = set()
    for entry in entries:
        identity = entry[IDENTITIES[member]]
        if identity in seen:
            raise shapes.ValidationException(
                f"The {policy} names {identity} twice: each of its {member} must be unique."
            )
        seen.add(identity)


def _check_content(filters: Iterable[Mapping[str, Any]]) -> None:
    for it in filters:
        if it["type"] == "PROMPT_ATTACK" and it["outputStrength"] != "NONE":
            raise shapes.ValidationException(
                "The outputStrength of the PROMPT_ATTACK filter must be NONE: only prompts attack."
            )


def _check_regexes(regexes: Iterable[Mapping[str, Any]]) -> None:
    for it in regexes:
        try:
            re.compile(it["pattern"])
        except re.error as error:
            raise shapes.ValidationException(
                f"The pattern of the regex {it['name']} is not valid: {error}."
            ) from error


def _check_grounding(filters: Iterable[Mapping[str, Any]]) -> None:
    for it in filters:
        if it["threshold"] >= LEAST_FORBIDDEN_THRESHOLD:
            raise shapes.ValidationException(
                f"The threshold of the {it['type']} filter must be less than 1."
            )


def _cross_region(call: Call, identifier: str) -> dict[str, str]:
    profile = identifier.removeprefix(call.arn("guardrail-profile/"))
    geography, _, version = profile.partition(".guardrail.")
    known = any(
        it.prefix == geography and it.sources and it.serves(call.region)
        for it in catalogue().geographies
    )
    if not known or version != "v1:0":
        raise shapes.ValidationException(
            f"The guardrail profile {identifier} does not exist in {call.region}."
        )
    return {
        "guardrailProfileId": profile,
        "guardrailProfileArn": call.arn(f"guardrail-profile/{profile}"),
    }
