"""Claude's names in Anthropic's own API, and the ids that Bedrock has for them.

Source: https://docs.claude.com/en/docs/about-claude/models/overview, "Model names"
"""

import re

from outcrop.operations import Call
from outcrop.services.bedrock_runtime import shapes

_NAME = re.compile(r"claude-[a-z0-9.-]+")
_ALIAS = re.compile(r"-(?:latest|0)$")
"""Ends names that stand for whichever version is the last: `claude-3-5-haiku-latest`."""
_VERSION = r"(?P<date>-\d{8})?(?:-v\d+(?::\d+)?)?"
"""Ends Bedrock's ids: `-20251001-v1:0`."""


async def bedrock_id(call: Call, model: str) -> str:
    """Return the id of Bedrock's for a model, which may have its name of Anthropic's API.

    Raises:
        ServiceError: `ValidationException`: it has that name, and AWS's strictness is wanted.
    """
    if not _NAME.fullmatch(model):
        return model
    known = await _listed(call, _ALIAS.sub("", model)) or f"anthropic.{model}"
    if call.backends.bedrock.strict:
        raise shapes.ValidationException(
            f"The provided model identifier is invalid. Bedrock's for {model} is {known}."
        )
    return known


async def _listed(call: Call, name: str) -> str:
    """Return the youngest model that Bedrock lists by that name; empty where it lists none."""
    listed = await call.ask("bedrock", "ListFoundationModels", byProvider="anthropic")
    pattern = re.compile(rf"anthropic\.{re.escape(name)}{_VERSION}")
    ids = [model["modelId"] for model in listed["modelSummaries"]]
    found = [match for match in map(pattern.fullmatch, ids) if match]
    return max(found, key=lambda match: match["date"] or "").string if found else ""
