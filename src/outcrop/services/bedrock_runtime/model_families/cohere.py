"""Cohere Command's native form: a prompt and its continuation.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command.html
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import uuid4

from outcrop.engines.chat.interface import Finished, Prompt, Sampling, StopReason, Text
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.generation import Generation, Reply
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json, TextFamily
from outcrop.services.bedrock_runtime.model_families.templates import messages_of
from outcrop.services.bedrock_runtime.model_families.words import words

FINISH_REASONS: dict[StopReason, str] = {
    "end": "COMPLETE",
    "max_tokens": "MAX_TOKENS",
    "stop_sequence": "COMPLETE",
    "tool_use": "COMPLETE",
    "content_filter": "ERROR_TOXIC",
}


def read_sampling(body: Fields) -> Sampling:
    """Return how Command and Command R are to choose their words."""
    return Sampling(
        max_tokens=body.integer("max_tokens", 1, 4096),
        temperature=body.number("temperature", 0, 5),
        top_p=body.number("p", 0, 1),
        top_k=body.integer("k", 0, 500),
        stop_sequences=tuple(body.texts("stop_sequences")),
        seed=body.integer("seed"),
        frequency_penalty=body.number("frequency_penalty", 0, 1),
        presence_penalty=body.number("presence_penalty", 0, 1),
    )


class CohereCommand(TextFamily):
    """See `TextFamily`."""

    async def read(self, body: Fields, attachments: Attachments) -> Prompt:
        """See `TextFamily.read`."""
        del attachments
        body.need("prompt")
        body.accept("stream", "logit_bias", "truncate")
        if body.integer("num_generations", 1, 5) not in (None, 1):
            raise body.refused("num_generations", "only one generation is given here")
        if body.choice("return_likelihoods", ("GENERATION", "ALL", "NONE"), "NONE") != "NONE":
            raise body.refused("return_likelihoods", "likelihoods are not told here")
        return Prompt(messages=messages_of(body.text("prompt")), sampling=read_sampling(body))

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`."""
        del model_id
        generation = {
            "finish_reason": FINISH_REASONS[finished.reason],
            "id": str(uuid4()),
            "text": reply.text,
        }
        asked = "".join(part.text for part in prompt.messages[-1].parts if isinstance(part, Text))
        return {"generations": [generation], "id": str(uuid4()), "prompt": asked}

    async def events(
        self, model_id: str, prompt: Prompt, generation: Generation
    ) -> AsyncGenerator[Json, None]:
        """See `TextFamily.events`."""
        del model_id, prompt
        async with aclosing(words(generation)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Finished):
                    yield {"is_finished": True, "finish_reason": FINISH_REASONS[piece.reason]}
                else:
                    yield {"is_finished": False, "text": piece}
