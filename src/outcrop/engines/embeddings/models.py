"""What must be known of an embedding model to use it as it was trained."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from outcrop.engines.embeddings.interface import Purpose

Pooling = Literal["mean", "first"]
"""How the vectors of tokens become one: their mean, or that of the first token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingModel:
    """One model, whatever runs it."""

    name: str
    dimensions: int
    context_tokens: int
    """How many tokens it reads, the prefix and the marks around a text included."""
    max_tokens: int
    """How many of them are left for the text."""
    prefixes: Mapping[Purpose, str] = field(default_factory=dict[Purpose, str])
    """What is written before a text."""
    pooling: Pooling = "mean"

    def prefixed(self, text: str, purpose: Purpose | None) -> str:
        """Return what the model reads for a text."""
        return text if purpose is None else self.prefixes.get(purpose, "") + text


MULTILINGUAL_E5_SMALL = EmbeddingModel(
    name="multilingual-e5-small",
    dimensions=384,
    context_tokens=512,
    max_tokens=507,
    prefixes={"query": "query: ", "document": "passage: "},
)
"""Source: https://huggingface.co/intfloat/multilingual-e5-small"""

ALL_MINILM_L6_V2 = EmbeddingModel(
    name="all-minilm-l6-v2", dimensions=384, context_tokens=256, max_tokens=254
)
"""Source: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2"""

KNOWN_MODELS: Mapping[str, EmbeddingModel] = {
    model.name: model for model in (MULTILINGUAL_E5_SMALL, ALL_MINILM_L6_V2)
}
"""By the name of their weights."""
