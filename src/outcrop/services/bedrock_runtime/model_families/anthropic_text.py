"""Anthropic text completions, the first native form of Claude.

Source: Amazon Bedrock User Guide, "Anthropic Claude Text Completions API".
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from outcrop.engines.chat.interface import Finished, Prompt, Sampling, StopReason
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.generation import Generation, Reply
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json, TextFamily
from outcrop.services.bedrock_runtime.model_families.templates import messages_of
from outcrop.services.bedrock_runtime.model_families.words import words

STOP_REASONS: dict[StopReason, str] = {"max_tokens": "max_tokens"}
"""All others are `stop_sequence`: the end of a turn is the sequence that begins the next."""
NEXT_TURN = "\n\nHuman:"


class AnthropicText(TextFamily):
    """See `TextFamily`."""

    strictly_needs = ("max_tokens_to_sample",)

    async def read(self, body: Fields, attachments: Attachments) -> Prompt:
        """See `TextFamily.read`."""
        del attachments
        body.need("prompt")
        body.accept("anthropic_version")
        return Prompt(
            messages=messages_of(body.text("prompt")),
            sampling=Sampling(
                max_tokens=body.integer("max_tokens_to_sample", 0, 4096),
                temperature=body.number("temperature", 0, 1),
                top_p=body.number("top_p", 0, 1),
                top_k=body.integer("top_k", 0, 500),
                stop_sequences=tuple(body.texts("stop_sequences")),
            ),
        )

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`."""
        del model_id, prompt
        return _completion(reply.text, finished)

    async def events(
        self, model_id: str, prompt: Prompt, generation: Generation
    ) -> AsyncGenerator[Json, None]:
        """See `TextFamily.events`."""
        del model_id, prompt
        async with aclosing(words(generation)) as pieces:
            async for piece in pieces:
                yield _completion("", piece) if isinstance(piece, Finished) else _completion(piece)


def _completion(text: str, finished: Finished | None = None) -> Json:
    reason = None if finished is None else STOP_REASONS.get(finished.reason, "stop_sequence")
    stop = finished.stop_sequence or NEXT_TURN if finished and reason == "stop_sequence" else None
    return {"type": "completion", "completion": text, "stop_reason": reason, "stop": stop}
