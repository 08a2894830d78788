"""Mistral's native form of text completions; its chat completions are `openai_chat`.

Source: Amazon Bedrock User Guide, "Mistral AI text completion".
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from outcrop.engines.chat.interface import Finished, Prompt, Sampling
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.generation import Generation, Reply
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json, TextFamily
from outcrop.services.bedrock_runtime.model_families.templates import messages_of
from outcrop.services.bedrock_runtime.model_families.words import words


class MistralText(TextFamily):
    """See `TextFamily`."""

    async def read(self, body: Fields, attachments: Attachments) -> Prompt:
        """See `TextFamily.read`."""
        del attachments
        body.need("prompt")
        return Prompt(
            messages=messages_of(body.text("prompt")),
            sampling=Sampling(
                max_tokens=body.integer("max_tokens", 1, 8192),
                temperature=body.number("temperature", 0, 1),
                top_p=body.number("top_p", 0, 1),
                top_k=body.integer("top_k", 0, 200),
                stop_sequences=tuple(body.texts("stop")),
            ),
        )

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`."""
        del model_id, prompt
        return _outputs(reply.text, finished)

    async def events(
        self, model_id: str, prompt: Prompt, generation: Generation
    ) -> AsyncGenerator[Json, None]:
        """See `TextFamily.events`."""
        del model_id, prompt
        async with aclosing(words(generation)) as pieces:
            async for piece in pieces:
                yield _outputs("", piece) if isinstance(piece, Finished) else _outputs(piece)


def _outputs(text: str, finished: Finished | None = None) -> Json:
    reason = None
    if finished is not None:
        reason = "length" if finished.reason == "max_tokens" else "stop"
    return {"outputs": [{"text": text, "stop_reason": reason}]}
