"""Amazon Titan Text Embeddings' native forms, of both generations.

Source: Amazon Bedrock User Guide, "Amazon Titan Embeddings Text".
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import EmbeddingRequest, Json

if TYPE_CHECKING:  # Without the extra `embeddings` there is no NumPy, and no vector to tell.
    import numpy as np
    import numpy.typing as npt

V1_DIMENSIONS = 1536
V2_DIMENSIONS = (1024, 512, 256)


class TitanEmbeddingsV1:
    """See `EmbeddingFamily`."""

    dimensions = V1_DIMENSIONS

    def read(self, body: Fields) -> EmbeddingRequest:
        """See `EmbeddingFamily.read`."""
        body.need("inputText")
        return EmbeddingRequest(texts=[_text(body)], purpose="document", dimensions=V1_DIMENSIONS)

    def write(
        self, request: EmbeddingRequest, vectors: "npt.NDArray[np.float32]", tokens: Sequence[int]
    ) -> Json:
        """See `EmbeddingFamily.write`."""
        del request
        return {"embedding": vectors[0].tolist(), "inputTextTokenCount": tokens[0]}


class TitanEmbeddingsV2:
    """See `EmbeddingFamily`."""

    dimensions = V2_DIMENSIONS[0]

    def read(self, body: Fields) -> EmbeddingRequest:
        """See `EmbeddingFamily.read`."""
        body.need("inputText")
        dimensions = body.integer("dimensions") or V2_DIMENSIONS[0]
        if dimensions not in V2_DIMENSIONS:
            raise body.refused("dimensions", f"{dimensions} is not a valid enum value")
        kinds = tuple(body.texts("embeddingTypes"))
        for kind in kinds:
            if kind not in ("float", "binary"):
                raise body.refused("embeddingTypes", f"{kind} is not a valid enum value")
        return EmbeddingRequest(
            texts=[_text(body)],
            purpose="document",
            dimensions=dimensions,
            kinds=kinds or ("float",),
            has_kinds=bool(kinds),
            is_normalized=body.truth("normalize", default=True),
        )

    def write(
        self, request: EmbeddingRequest, vectors: "npt.NDArray[np.float32]", tokens: Sequence[int]
    ) -> Json:
        """See `EmbeddingFamily.write`."""
        answer: dict[str, Any] = {
            "embeddingsByType": {
                kind: vectors[0].tolist() if kind == "float" else _signs(vectors[0])
                for kind in request.kinds
            },
            "inputTextTokenCount": tokens[0],
        }
        if "float" in request.kinds:
            answer["embedding"] = vectors[0].tolist()
        return answer


def _signs(vector: "npt.NDArray[np.float32]") -> list[int]:
    """Return Titan's binary form: 1 for a number above 0, else 0."""
    return (vector > 0).astype("int8").tolist()


def _text(body: Fields) -> str:
    text = body.text("inputText")
    if not text.strip():
        raise body.refused("inputText", "expected minLength: 1, actual: 0")
    return text
