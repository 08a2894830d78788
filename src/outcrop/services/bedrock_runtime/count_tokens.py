"""CountTokens: what a request would cost to read, without answering it.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
"""

from typing import Any

from outcrop.engines.chat.interface import ChatError, Prompt
from outcrop.operations import Call, operation
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.converse_prompts import read_prompt
from outcrop.services.bedrock_runtime.generation import MODEL_HEADER, modelled
from outcrop.services.bedrock_runtime.json_bodies import read_object
from outcrop.services.bedrock_runtime.model_families.registry import embedding_family
from outcrop.services.bedrock_runtime.model_ids import resolve
from outcrop.services.bedrock_runtime.native_prompts import read_native


@operation("CountTokens")
async def count_tokens(
    call: Call, request: shapes.CountTokensRequest
) -> shapes.CountTokensResponse:
    """Answer with the input tokens as the model that really answers counts them."""
    model_id = (await resolve(call, request["modelId"])).id
    if embedding_family(model_id) is not None:
        raise shapes.ValidationException("The provided model doesn't support counting tokens.")
    prompt = await _prompt(call, model_id, request["input"])
    return {"inputTokens": await counted(call, model_id, prompt)}


async def counted(call: Call, model_id: str, prompt: Prompt) -> int:
    """Return a prompt's tokens, and tell in the answer's header who counted them.

    Raises:
        ServiceError: The model is not to be had, or refuses the prompt, in Bedrock's words.
    """
    try:
        model = call.backends.engines.chat.model(model_id)
        call.answer_headers[MODEL_HEADER] = model.name
        return await model.count_tokens(prompt)
    except ChatError as error:
        raise modelled(error) from error


async def _prompt(call: Call, model_id: str, counted: shapes.CountTokensInput) -> Prompt:
    match counted:
        case {"converse": conversation}:
            request: Any = {**conversation, "modelId": model_id}
            return await read_prompt(request, Attachments(call))
        case {"invokeModel": {"body": body}}:
            return (await read_native(call, model_id, read_object(body))).prompt
        case _:
            raise shapes.ValidationException("input: one of invokeModel and converse is needed.")
