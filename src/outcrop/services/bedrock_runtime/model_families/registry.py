"""Which native form a model's id means."""

import re
from collections.abc import Callable, Sequence

from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.model_families.anthropic import AnthropicMessages
from outcrop.services.bedrock_runtime.model_families.anthropic_text import AnthropicText
from outcrop.services.bedrock_runtime.model_families.cohere import CohereCommand, CohereCommandR
from outcrop.services.bedrock_runtime.model_families.cohere_embed import V4_DIMENSIONS, CohereEmbed
from outcrop.services.bedrock_runtime.model_families.deepseek import DeepSeekText
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import EmbeddingFamily, TextFamily
from outcrop.services.bedrock_runtime.model_families.jurassic import Jurassic
from outcrop.services.bedrock_runtime.model_families.llama import Llama
from outcrop.services.bedrock_runtime.model_families.mistral import MistralText
from outcrop.services.bedrock_runtime.model_families.nova import Nova
from outcrop.services.bedrock_runtime.model_families.openai_chat import (
    Jamba,
    MistralChat,
    OpenAIChat,
)
from outcrop.services.bedrock_runtime.model_families.titan_embeddings import (
    TitanEmbeddingsV1,
    TitanEmbeddingsV2,
)
from outcrop.services.bedrock_runtime.model_families.titan_text import TitanText

EMBEDDING_FAMILIES: Sequence[tuple[str, Callable[[], EmbeddingFamily]]] = (
    (r"amazon\.titan-embed-text-v2.*", TitanEmbeddingsV2),
    (r"amazon\.titan-embed-(text-v1|g1-text).*", TitanEmbeddingsV1),
    (r"cohere\.embed-v4.*", lambda: CohereEmbed(V4_DIMENSIONS)),
    (r"cohere\.embed-.*", CohereEmbed),
)
TEXT_FAMILIES: Sequence[tuple[str, Callable[[], TextFamily]]] = (
    (r"anthropic\..*", AnthropicMessages),
    (r"meta\..*", Llama),
    (r"mistral\..*", MistralText),
    (r"amazon\.titan-(text|tg1).*", TitanText),
    (r"amazon\.nova-(micro|lite|pro|premier|2).*", Nova),
    (r"cohere\.command-r.*", CohereCommandR),
    (r"cohere\.command.*", CohereCommand),
    (r"ai21\.j2.*", Jurassic),
    (r"ai21\.jamba.*", Jamba),
    (r"deepseek\..*", DeepSeekText),
    (r"(openai|qwen|google|minimax|moonshotai?|nvidia|zai|writer)\..*", OpenAIChat),
)
PROMPT_FORMS: dict[type[TextFamily], Callable[[], TextFamily]] = {
    AnthropicMessages: AnthropicText,
}
"""Families that take another form when the body holds `prompt`."""
CHAT_FORMS: dict[type[TextFamily], Callable[[], TextFamily]] = {
    MistralText: MistralChat,
    DeepSeekText: OpenAIChat,
    Llama: OpenAIChat,
}
"""Families that take another form when the body holds `messages`."""


def embedding_family(model_id: str) -> EmbeddingFamily | None:
    """Return the native form of an embedding model, `None` for models of other kinds."""
    for pattern, family in EMBEDDING_FAMILIES:
        if re.fullmatch(pattern, model_id):
            return family()
    return None


def text_family(model_id: str, body: Fields) -> TextFamily:
    """Return the native form of a model that writes text.

    Raises:
        ServiceError: No family has models of such ids, or none that write text.
    """
    for pattern, make in TEXT_FAMILIES:
        if re.fullmatch(pattern, model_id):
            family = make()
            other = (PROMPT_FORMS if "prompt" in body else CHAT_FORMS).get(type(family))
            fits = "prompt" in body or "messages" in body
            return other() if other is not None and fits else family
    raise shapes.ValidationException("The provided model identifier is invalid.")
