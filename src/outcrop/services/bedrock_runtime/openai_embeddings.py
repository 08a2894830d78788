"""OpenAI's embeddings, under `/openai/v1` and `/v1`, of any embedding model of Bedrock.

Source: OpenAI API reference, "Create embeddings"
"""

import base64
from typing import Any

from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.operations import Call, http_route
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.embedding import embedded
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.registry import embedding_family
from outcrop.services.bedrock_runtime.model_families.wording import SCHEMA
from outcrop.services.bedrock_runtime.model_ids import resolve
from outcrop.services.bedrock_runtime.native_http import answered, as_response, openai_error
from outcrop.services.bedrock_runtime.vectors import fitted

MOST_TEXTS = 2048
MOST_DIMENSIONS = 4096


@http_route("POST", "/openai/v1/embeddings", "/v1/embeddings")
async def embeddings(call: Call, request: HttpRequest) -> HttpResponse:
    """Answer with the vectors of one text or of many, as numbers or in base64."""
    return await answered(call, request, _embedded, wording=SCHEMA, error_form=openai_error)


async def _embedded(call: Call, body: Fields) -> HttpResponse:
    body.need("model", "input")
    model_id = (await resolve(call, body.text("model"))).id
    family = embedding_family(model_id)
    if family is None:
        raise shapes.ValidationException(f"The model {model_id} does not embed texts.")
    texts = body.texts("input")
    if not 1 <= len(texts) <= MOST_TEXTS:
        raise body.refused("input", f"expected 1 to {MOST_TEXTS} items, found: {len(texts)}")
    dimensions = body.integer("dimensions", 1, MOST_DIMENSIONS) or family.dimensions
    in_base64 = body.choice("encoding_format", ("float", "base64"), "float") == "base64"
    vectors, tokens = await embedded(call, model_id, texts, purpose="document")
    total = sum(tokens)
    return as_response(
        {
            "object": "list",
            "data": [
                {"object": "embedding", "index": index, "embedding": _told(vector, in_base64)}
                for index, vector in enumerate(fitted(vectors, dimensions))
            ],
            "model": model_id,
            "usage": {"prompt_tokens": total, "total_tokens": total},
        }
    )


def _told(vector: Any, in_base64: bool) -> Any:
    if in_base64:
        return base64.b64encode(vector.astype("<f4").tobytes()).decode()
    return vector.tolist()
