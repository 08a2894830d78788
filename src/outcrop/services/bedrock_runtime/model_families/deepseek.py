"""DeepSeek's native form of text completions.

Source: Amazon Bedrock User Guide, "DeepSeek models".
"""

from outcrop.engines.chat.interface import Finished, Sampling
from outcrop.services.bedrock_runtime.model_families.completions import Completions
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json


class DeepSeekText(Completions):
    """See `Completions`."""

    def sampling(self, body: Fields) -> Sampling:
        """See `Completions.sampling`."""
        return Sampling(
            max_tokens=body.integer("max_tokens", 1, 32768),
            temperature=body.number("temperature", 0, 1),
            top_p=body.number("top_p", 0, 1),
            stop_sequences=tuple(body.texts("stop")),
        )

    def completion(self, text: str, finished: Finished | None = None) -> Json:
        """See `Completions.completion`."""
        reason = None
        if finished is not None:
            reason = "length" if finished.reason == "max_tokens" else "stop"
        return {"choices": [{"text": text, "stop_reason": reason}]}
