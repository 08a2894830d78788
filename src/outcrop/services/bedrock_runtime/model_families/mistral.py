"""Mistral's native form of text completions; its chat completions are `openai_chat`.

Source: Amazon Bedrock User Guide, "Mistral AI text completion".
"""

from outcrop.engines.chat.interface import Finished, Sampling
from outcrop.services.bedrock_runtime.model_families.completions import Completions
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json


class MistralText(Completions):
    """See `Completions`."""

    def sampling(self, body: Fields) -> Sampling:
        """See `Completions.sampling`."""
        return Sampling(
            max_tokens=body.integer("max_tokens", 1, 8192),
            temperature=body.number("temperature", 0, 1),
            top_p=body.number("top_p", 0, 1),
            top_k=body.integer("top_k", 0, 200),
            stop_sequences=tuple(body.texts("stop")),
        )

    def completion(self, text: str, finished: Finished | None = None) -> Json:
        """See `Completions.completion`."""
        reason = None
        if finished is not None:
            reason = "length" if finished.reason == "max_tokens" else "stop"
        return {"outputs": [{"text": text, "stop_reason": reason}]}
