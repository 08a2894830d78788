"""A native body as the prompt of a chat model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outcrop.engines.chat.interface import Prompt
from outcrop.operations import Call
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import TextFamily
from outcrop.services.bedrock_runtime.model_families.max_tokens import documented_max_tokens
from outcrop.services.bedrock_runtime.model_families.registry import text_family


@dataclass(frozen=True, slots=True)
class NativePrompt:
    """A prompt, and the form in which its answer is told."""

    family: TextFamily
    prompt: Prompt
    default_max_tokens: int | None
    """How long an answer is that the body sets no length, where the vendor documents it."""


async def read_native(call: Call, model_id: str, body: Mapping[str, Any]) -> NativePrompt:
    """Return what a body asks a foundation model for.

    Raises:
        ServiceError: `ValidationException`: the body is not what the model's family takes, or,
            in strict mode, not quite what AWS takes.
    """
    family = text_family(model_id, body)
    fields = Fields.of(body, wording=family.wording)
    if call.backends.bedrock.strict:
        fields.need(*family.strictly_needs)
    prompt = await family.read(fields, Attachments(call))
    refuse_if_strict(call, fields)
    return NativePrompt(family, prompt, documented_max_tokens(model_id))


def refuse_if_strict(call: Call, body: Fields) -> None:
    """Refuse members that nobody knows, where AWS's strictness is wanted.

    Raises:
        ServiceError: `ValidationException`, naming them.
    """
    if call.backends.bedrock.strict:
        body.refuse_extraneous()
