"""Embeddings for one call: the embedder that a `modelId` means, its vectors, its failures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from outcrop.aws.errors import ServiceError
from outcrop.engines.embeddings.interface import EmbedderUnavailableError, EmbeddingError, Purpose
from outcrop.operations import Call
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.generation import MODEL_HEADER
from outcrop.services.bedrock_runtime.model_families.interface import (
    EmbeddingFamily,
    EmbeddingRequest,
    Json,
)
from outcrop.services.bedrock_runtime.vectors import fitted

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


async def embed(
    call: Call, model_id: str, family: EmbeddingFamily, request: EmbeddingRequest
) -> tuple[Json, int]:
    """Return the body of the answer, and how many tokens were read.

    Raises:
        ServiceError: The embedder is not to be had, or fails, in Bedrock's words.
    """
    vectors, tokens = await embedded(
        call,
        model_id,
        request.texts,
        purpose=request.purpose,
        is_normalized=request.is_normalized,
    )
    answer = family.write(request, fitted(vectors, request.dimensions), tokens)
    return answer, sum(tokens)


async def embedded(
    call: Call,
    model_id: str,
    texts: Sequence[str],
    *,
    purpose: Purpose,
    is_normalized: bool = True,
) -> tuple["npt.NDArray[np.float32]", Sequence[int]]:
    """Return the vectors of texts, in the embedder's own length, and the tokens of each text.

    The answer's `x-outcrop-model` header is set on the way.

    Raises:
        ServiceError: The embedder is not to be had, or fails, in Bedrock's words.
    """
    try:
        embedder = call.backends.engines.embeddings.model(model_id)
        call.answer_headers[MODEL_HEADER] = embedder.name
        vectors = await embedder.embed(texts, purpose=purpose, is_normalized=is_normalized)
        return vectors, await embedder.count_tokens(texts)
    except EmbeddingError as error:
        raise _modelled(error) from error


def _modelled(error: EmbeddingError) -> ServiceError:
    if isinstance(error, EmbedderUnavailableError):
        return shapes.ResourceNotFoundException(str(error))
    return shapes.ModelErrorException(str(error), originalStatusCode=500)
