"""The context of a simulated request: what the principal itself tells, and what the caller gives.

Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call
from outcrop.storage.records.interface import Record

Context = Mapping[str, Sequence[str]]


def context_of_principal(call: Call, kind: str, entity: Record, caller: str) -> Context:
    """Return the context keys that a request of an entity would have, names in lower case."""
    now = call.backends.now()
    document = entity.document
    context = {
        "aws:principalarn": [caller],
        "aws:principalaccount": [call.account],
        "aws:principaltype": ["User" if kind == "user" else "AssumedRole"],
        "aws:userid": [document["id"]],
        "aws:currenttime": [now.strftime("%Y-%m-%dT%H:%M:%SZ")],
        "aws:epochtime": [str(int(now.timestamp()))],
    }
    if kind == "user":
        context["aws:username"] = [document["name"]]
    for key, value in document["tags"].items():
        context[f"aws:principaltag/{key.lower()}"] = [value]
    return context


def given_context(entries: Sequence[Any]) -> Context:
    """Return the context keys of a request's entries, names in lower case."""
    return {
        entry["ContextKeyName"].lower(): entry.get("ContextKeyValues", [])
        for entry in entries
        if "ContextKeyName" in entry
    }
