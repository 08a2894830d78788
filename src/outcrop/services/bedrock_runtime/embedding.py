"""Embeddings for one call: the embedder that a `modelId` means, its vectors, its failures."""

from outcrop.aws.errors import ServiceError
from outcrop.engines.embeddings.interface import EmbedderUnavailableError, EmbeddingError
from outcrop.operations import Call
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.generation import MODEL_HEADER
from outcrop.services.bedrock_runtime.model_families.interface import (
    EmbeddingFamily,
    EmbeddingRequest,
    Json,
)
from outcrop.services.bedrock_runtime.vectors import fitted


async def embed(
    call: Call, model_id: str, family: EmbeddingFamily, request: EmbeddingRequest
) -> tuple[Json, int]:
    """Return the body of the answer, and how many tokens were read.

    Raises:
        ServiceError: The embedder is not to be had, or fails, in Bedrock's words.
    """
    try:
        embedder = call.backends.engines.embeddings.model(model_id)
        call.answer_headers[MODEL_HEADER] = embedder.name
        vectors = await embedder.embed(request.texts, purpose=request.purpose)
        tokens = await embedder.count_tokens(request.texts)
    except EmbeddingError as error:
        raise _modelled(error) from error
    answer = family.write(request, fitted(vectors, request.dimensions), tokens)
    return answer, sum(tokens)


def _modelled(error: EmbeddingError) -> ServiceError:
    if isinstance(error, EmbedderUnavailableError):
        return shapes.ResourceNotFoundException(str(error))
    return shapes.ModelErrorException(str(error), originalStatusCode=500)
