"""Anthropic text completions, the first native form of Claude.

Source: Amazon Bedrock User Guide, "Anthropic Claude Text Completions API".
"""

from outcrop.engines.chat.interface import Finished, Sampling, StopReason
from outcrop.services.bedrock_runtime.model_families.completions import Completions
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json

STOP_REASONS: dict[StopReason, str] = {"max_tokens": "max_tokens"}
"""All others are `stop_sequence`: the end of a turn is the sequence that begins the next."""
NEXT_TURN = "\n\nHuman:"


class AnthropicText(Completions):
    """See `Completions`."""

    strictly_needs = ("max_tokens_to_sample",)

    def sampling(self, body: Fields) -> Sampling:
        """See `Completions.sampling`."""
        body.accept("anthropic_version")
        return Sampling(
            max_tokens=body.integer("max_tokens_to_sample", 0, 4096),
            temperature=body.number("temperature", 0, 1),
            top_p=body.number("top_p", 0, 1),
            top_k=body.integer("top_k", 0, 500),
            stop_sequences=tuple(body.texts("stop_sequences")),
        )

    def completion(self, text: str, finished: Finished | None = None) -> Json:
        """See `Completions.completion`."""
        reason = None if finished is None else STOP_REASONS.get(finished.reason, "stop_sequence")
        stop = (
            finished.stop_sequence or NEXT_TURN if finished and reason == "stop_sequence" else None
        )
        return {"type": "completion", "completion": text, "stop_reason": reason, "stop": stop}
