"""AI21 Jurassic-2's native form; Jamba's is `openai_chat`.

Source: Amazon Bedrock User Guide, "AI21 Labs Jurassic-2 models".
"""

from collections.abc import AsyncGenerator
from uuid import uuid4

from outcrop.aws.errors import ServiceError
from outcrop.engines.chat.interface import Finished, Prompt, Sampling, Text
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.generation import Generation, Reply
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json, TextFamily
from outcrop.services.bedrock_runtime.model_families.templates import messages_of

PENALISED = (
    "applyToWhitespaces",
    "applyToPunctuations",
    "applyToNumbers",
    "applyToStopwords",
    "applyToEmojis",
)
"""What AI21's penalties count; here they count every token."""


class Jurassic(TextFamily):
    """See `TextFamily`."""

    async def read(self, body: Fields, attachments: Attachments) -> Prompt:
        """See `TextFamily.read`."""
        del attachments
        body.need("prompt")
        for name in ("presencePenalty", "frequencyPenalty"):
            body.object(name).accept(*PENALISED)
        body.object("countPenalty").accept("scale", *PENALISED)
        body.accept("minTokens", "topKReturn")
        if body.integer("numResults", 1) not in (None, 1):
            raise body.refused("numResults", "only one result is given here")
        return Prompt(
            messages=messages_of(body.text("prompt")),
            sampling=Sampling(
                max_tokens=body.integer("maxTokens", 0, 8191),
                temperature=body.number("temperature", 0, 1),
                top_p=body.number("topP", 0, 1),
                stop_sequences=tuple(body.texts("stopSequences")),
                presence_penalty=body.object("presencePenalty").number("scale", 0, 5),
                frequency_penalty=body.object("frequencyPenalty").number("scale", 0, 500),
            ),
        )

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`. The tokens themselves, which AI21 lists, are left out."""
        del model_id
        asked = "".join(part.text for part in prompt.messages[-1].parts if isinstance(part, Text))
        reason = "length" if finished.reason == "max_tokens" else "endoftext"
        return {
            "id": str(uuid4()),
            "prompt": {"text": asked, "tokens": []},
            "completions": [
                {"data": {"text": reply.text, "tokens": []}, "finishReason": {"reason": reason}}
            ],
        }

    def events(
        self, model_id: str, prompt: Prompt, generation: Generation
    ) -> AsyncGenerator[Json, None]:
        """See `TextFamily.events`.

        Raises:
            ServiceError: Always: these models never streamed.
        """
        del prompt, generation
        raise not_streaming(model_id)


def not_streaming(model_id: str) -> ServiceError:
    """Return the refusal to stream a model that cannot be streamed."""
    del model_id
    return shapes.ValidationException("The model is unsupported for streaming")
