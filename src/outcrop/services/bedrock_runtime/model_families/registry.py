"""Which native form a model's id means."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.model_families.anthropic import AnthropicMessages
from outcrop.services.bedrock_runtime.model_families.anthropic_text import AnthropicText
from outcrop.services.bedrock_runtime.model_families.cohere import CohereCommand
from outcrop.services.bedrock_runtime.model_families.cohere_chat import CohereCommandR
from outcrop.services.bedrock_runtime.model_families.cohere_embed import V4_DIMENSIONS, CohereEmbed
from outcrop.services.bedrock_runtime.model_families.deepseek import DeepSeekText
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
    (r"(openai|qwen|google|minimax|moonshot(?:ai)?|nvidia|xai|zai|writer)\..*", OpenAIChat),
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
NEVER_STREAMED = r"ai21\.j2.*"


def is_known(model_id: str) -> bool:
    """Return whether any family has models of such ids."""
    families = (*EMBEDDING_FAMILIES, *TEXT_FAMILIES)
    return any(re.fullmatch(pattern, model_id) for pattern, _ in families)


def embedding_family(model_id: str) -> EmbeddingFamily | None:
    """Return the native form of an embedding model, `None` for models of other kinds."""
    for pattern, family in EMBEDDING_FAMILIES:
        if re.fullmatch(pattern, model_id):
            return family()
    return None


def text_family(model_id: str, body: Mapping[str, Any]) -> TextFamily:
    """Return the native form of a model that writes text.

    Args:
        model_id: The model's.
        body: The request's; some families have two forms.

    Raises:
        ServiceError: No family has models of such ids that write text.
    """
    for pattern, make in TEXT_FAMILIES:
        if re.fullmatch(pattern, model_id):
            family = make()
            forms = PROMPT_FORMS if body.get("prompt") is not None else CHAT_FORMS
            fits = body.get("prompt") is not None or body.get("messages") is not None
            other = forms.get(type(family)) if fits else None
            return family if other is None else other()
    raise shapes.ValidationException("The provided model identifier is invalid.")


def check_converses(model_id: str, *, streaming: bool = False) -> None:
    """Insist on a model that Converse, or ConverseStream, takes.

    Raises:
        ServiceError: It embeds texts, or never streamed.
    """
    if embedding_family(model_id) is not None:
        raise shapes.ValidationException(
            "This action doesn't support the model that you provided. "
            "Try again with a supported text or chat model."
        )
    if streaming:
        check_streams(model_id)


def check_streams(model_id: str) -> None:
    """Insist on a model whose answers can be streamed.

    Raises:
        ServiceError: It embeds texts, or never streamed.
    """
    if embedding_family(model_id) is not None or re.fullmatch(NEVER_STREAMED, model_id):
        raise shapes.ValidationException("The model is unsupported for streaming")
