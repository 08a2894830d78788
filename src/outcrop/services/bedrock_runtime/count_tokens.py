"""CountTokens: what a request would cost to read, without answering it.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
"""

from outcrop.engines.chat.interface import ChatError, Prompt
from outcrop.operations import Call, operation
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.converse_prompts import read_prompt
from outcrop.services.bedrock_runtime.generation import MODEL_HEADER, modelled
from outcrop.services.bedrock_runtime.invoke_model import read_body
from outcrop.services.bedrock_runtime.model_families.registry import embedding_family, text_family
from outcrop.services.bedrock_runtime.model_ids import resolve


@operation("CountTokens")
async def count_tokens(
    call: Call, request: shapes.CountTokensRequest
) -> shapes.CountTokensResponse:
    """Answer with the input tokens as the model that really answers counts them."""
    model_id = await resolve(call, request["modelId"])
    return {"inputTokens": await counted(call, model_id, _prompt(model_id, request["input"]))}


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


def _prompt(model_id: str, counted: shapes.CountTokensInput) -> Prompt:
    match counted:
        case {"converse": conversation}:
            return read_prompt({**conversation, "modelId": model_id})
        case {"invokeModel": {"body": body}}:
            if embedding_family(model_id) is not None:
                raise shapes.ValidationException(
                    f"The model {model_id} is unsupported for counting tokens."
                )
            fields = read_body({"modelId": model_id, "body": body})
            return text_family(model_id, fields).read(fields)
        case _:
            raise shapes.ValidationException("input: one of invokeModel and converse is needed.")
