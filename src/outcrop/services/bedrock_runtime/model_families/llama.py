"""Meta Llama's native form.

Source: Amazon Bedrock User Guide, "Meta Llama models".
"""

from outcrop.engines.chat.interface import Finished, Sampling
from outcrop.services.bedrock_runtime.model_families.completions import Completions
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json


class Llama(Completions):
    """See `Completions`."""

    def sampling(self, body: Fields) -> Sampling:
        """See `Completions.sampling`."""
        if body.items("images"):
            raise body.refused("images", "this model reads text only; it sees no images")
        return Sampling(
            max_tokens=body.integer("max_gen_len", 1, 8192),
            temperature=body.number("temperature", 0, 1),
            top_p=body.number("top_p", 0, 1),
        )

    def completion(self, text: str, finished: Finished | None = None) -> Json:
        """See `Completions.completion`."""
        return {
            "generation": text,
            "prompt_token_count": finished.usage.input_tokens if finished else None,
            "generation_token_count": finished.usage.output_tokens if finished else None,
            "stop_reason": _stop_reason(finished) if finished else None,
        }


def _stop_reason(finished: Finished) -> str:
    return "length" if finished.reason == "max_tokens" else "stop"
