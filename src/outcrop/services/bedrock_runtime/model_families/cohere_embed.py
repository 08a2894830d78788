"""Cohere Embed's native form.

Source: Amazon Bedrock User Guide, "Cohere Embed models".
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import EmbeddingRequest, Json
from outcrop.services.bedrock_runtime.vectors import KINDS, told_as

if TYPE_CHECKING:  # Without the extra `embeddings` there is no NumPy, and no vector to tell.
    import numpy as np
    import numpy.typing as npt

DIMENSIONS = 1024
V4_DIMENSIONS = (1536, 1024, 512, 256)
MOST_TEXTS = 96
INPUT_TYPES = ("search_document", "search_query", "classification", "clustering")

_NO_IMAGES = "images are not embedded here; send texts"


class CohereEmbed:
    """See `EmbeddingFamily`."""

    def __init__(self, dimensions: Sequence[int] = (DIMENSIONS,)) -> None:
        """Offer vectors of some lengths; the first is the default."""
        self._dimensions = dimensions

    @property
    def dimensions(self) -> int:
        """See `EmbeddingFamily.dimensions`."""
        return self._dimensions[0]

    def read(self, body: Fields) -> EmbeddingRequest:
        """See `EmbeddingFamily.read`."""
        if "images" in body:
            raise body.refused("", _NO_IMAGES)
        takes_inputs = "inputs" in body and self._dimensions == V4_DIMENSIONS
        name = "inputs" if takes_inputs else "texts"
        body.need(name, "input_type")
        texts = [_words(part) for part in body.objects(name)] if takes_inputs else body.texts(name)
        if not 1 <= len(texts) <= MOST_TEXTS:
            raise body.refused(name, f"expected 1 to {MOST_TEXTS} items, found: {len(texts)}")
        body.choice("input_type", INPUT_TYPES, "")
        body.accept("truncate", "max_tokens")
        dimensions = body.integer("output_dimension") or self._dimensions[0]
        if dimensions not in self._dimensions:
            raise body.refused("output_dimension", f"{dimensions} is not a valid enum value")
        kinds = tuple(body.texts("embedding_types"))
        for kind in kinds:
            if kind not in KINDS:
                raise body.refused("embedding_types", f"{kind} is not a valid enum value")
        return EmbeddingRequest(
            texts=texts,
            purpose="query" if body.text("input_type") == "search_query" else "document",
            dimensions=dimensions,
            kinds=kinds or ("float",),
            has_kinds=bool(kinds),
        )

    def write(
        self, request: EmbeddingRequest, vectors: "npt.NDArray[np.float32]", tokens: Sequence[int]
    ) -> Json:
        """See `EmbeddingFamily.write`."""
        del tokens
        answer = {"id": str(uuid4()), "texts": list(request.texts)}
        if not request.has_kinds:
            return answer | {
                "embeddings": vectors.tolist(),
                "response_type": "embeddings_floats",
            }
        by_kind = {kind: [told_as(kind, vector) for vector in vectors] for kind in request.kinds}
        return answer | {"embeddings": by_kind, "response_type": "embeddings_by_type"}


def _words(mixed: Fields) -> str:
    """Return what one of the `inputs` says; it becomes one vector."""
    mixed.need("content")
    said: list[str] = []
    for part in mixed.objects("content"):
        if part.choice("type", ("text", "image_url"), "") == "image_url":
            raise part.refused("type", _NO_IMAGES)
        part.need("text")
        said.append(part.text("text"))
    return "\n".join(said)
