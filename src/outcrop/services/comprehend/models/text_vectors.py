"""Texts as vectors, which classifiers are trained of and read."""

from collections.abc import Sequence

from outcrop.engines.embeddings.interface import (
    EmbedderUnavailableError,
    EmbeddingError,
)
from outcrop.engines.linear_classifiers.interface import Vectors
from outcrop.engines.workers.engine import EngineFailedError, EngineUnavailableError
from outcrop.operations import Call

MODEL = "multilingual-e5-small"


async def vectors_of(call: Call, texts: Sequence[str]) -> Vectors:
    """Return the vectors of texts; of long ones, of their beginnings.

    Raises:
        EngineError: The model is not there, or failed.
    """
    try:
        model = call.backends.engines.embeddings.published(MODEL)
        rows = await model.embed(texts, purpose="query")
    except EmbedderUnavailableError as error:
        raise EngineUnavailableError(str(error)) from error
    except EmbeddingError as error:
        raise EngineFailedError(str(error)) from error
    return Vectors(model.dimensions, rows.tobytes())
