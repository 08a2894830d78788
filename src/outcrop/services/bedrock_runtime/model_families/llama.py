"""Meta Llama's native form.

Source: Amazon Bedrock User Guide, "Meta Llama models".
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


class Llama(TextFamily):
    """See `TextFamily`."""

    async def read(self, body: Fields, attachments: Attachments) -> Prompt:
        """See `TextFamily.read`."""
        del attachments
        body.need("prompt")
        if body.items("images"):
            raise body.refused("images", "this model reads text only; it sees no images")
        return Prompt(
            messages=messages_of(body.text("prompt")),
            sampling=Sampling(
                max_tokens=body.integer("max_gen_len", 1, 8192),
                temperature=body.number("temperature", 0, 1),
                top_p=body.number("top_p", 0, 1),
            ),
        )

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`."""
        del model_id, prompt
        return _generation(reply.text, finished)

    async def events(
        self, model_id: str, prompt: Prompt, generation: Generation
    ) -> AsyncGenerator[Json, None]:
        """See `TextFamily.events`."""
        del model_id, prompt
        async with aclosing(words(generation)) as pieces:
            async for piece in pieces:
                yield _generation("", piece) if isinstance(piece, Finished) else _generation(piece)


def _generation(text: str, finished: Finished | None = None) -> Json:
    return {
        "generation": text,
        "prompt_token_count": finished.usage.input_tokens if finished else None,
        "generation_token_count": finished.usage.output_tokens if finished else None,
        "stop_reason": _stop_reason(finished) if finished else None,
    }


def _stop_reason(finished: Finished) -> str:
    return "length" if finished.reason == "max_tokens" else "stop"
