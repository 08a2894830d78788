"""Amazon Titan Text's native form.

Source: Amazon Bedrock User Guide, "Amazon Titan Text models".
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

COMPLETION_REASONS: dict[StopReason, str] = {
    "end": "FINISH",
    "max_tokens": "LENGTH",
    "stop_sequence": "STOP_CRITERIA_MET",
    "tool_use": "FINISH",
    "content_filter": "CONTENT_FILTERED",
}


class TitanText(TextFamily):
    """See `TextFamily`."""

    async def read(self, body: Fields, attachments: Attachments) -> Prompt:
        """See `TextFamily.read`."""
        del attachments
        body.need("inputText")
        config = body.object("textGenerationConfig")
        return Prompt(
            messages=messages_of(_without_labels(body.text("inputText"))),
            sampling=Sampling(
                max_tokens=config.integer("maxTokenCount", 0, 8192),
                temperature=config.number("temperature", 0, 1),
                top_p=config.number("topP", 0, 1),
                stop_sequences=tuple(config.texts("stopSequences")),
            ),
        )

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`."""
        del model_id, prompt
        return {
            "inputTextTokenCount": finished.usage.input_tokens,
            "results": [
                {
                    "tokenCount": finished.usage.output_tokens,
                    "outputText": reply.text,
                    "completionReason": COMPLETION_REASONS[finished.reason],
                }
            ],
        }

    async def events(
        self, model_id: str, prompt: Prompt, generation: Generation
    ) -> AsyncGenerator[Json, None]:
        """See `TextFamily.events`."""
        del model_id, prompt
        async with aclosing(words(generation)) as pieces:
            async for piece in pieces:
                is_last = isinstance(piece, Finished)
                yield {
                    "outputText": "" if is_last else piece,
                    "index": 0,
                    "totalOutputTextTokenCount": piece.usage.output_tokens if is_last else None,
                    "completionReason": COMPLETION_REASONS[piece.reason] if is_last else None,
                    "inputTextTokenCount": piece.usage.input_tokens if is_last else None,
                }


def _without_labels(text: str) -> str:
    """Return the prompt of a chat in Titan's form as one that `messages_of` knows."""
    if text.startswith("User:"):
        return f"\n\n{text}".replace("\nUser:", "\n\nHuman:").replace("\nBot:", "\n\nAssistant:")
    return text
