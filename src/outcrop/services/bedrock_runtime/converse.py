"""Converse and ConverseStream: one form of conversation for every model.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

from dataclasses import dataclass

from outcrop.operations import Call, operation
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.converse_answers import Telling, answer, events
from outcrop.services.bedrock_runtime.converse_prompts import Request, has_cache_points, read_prompt
from outcrop.services.bedrock_runtime.generation import Generation, open_generation
from outcrop.services.bedrock_runtime.guardrails import refuse_guardrail
from outcrop.services.bedrock_runtime.model_families.registry import check_converses
from outcrop.services.bedrock_runtime.model_ids import resolve
from outcrop.services.bedrock_runtime.response_fields import ResponseFields


@dataclass(frozen=True, slots=True)
class _Turn:
    generation: Generation
    telling: Telling


@operation("Converse")
async def converse(call: Call, request: shapes.ConverseRequest) -> shapes.ConverseResponse:
    """Answer a conversation with the whole of its next turn."""
    turn = await _open(call, request, streaming=False)
    reply, finished = await turn.generation.reply()
    return answer(reply, finished, turn.telling, latency_ms=turn.generation.latency_ms)


@operation("ConverseStream")
async def converse_stream(
    call: Call, request: shapes.ConverseStreamRequest
) -> shapes.ConverseStreamResponse:
    """Answer a conversation with the events of its next turn, as the model speaks."""
    turn = await _open(call, request, streaming=True)
    return {"stream": events(turn.generation, turn.telling)}


async def _open(call: Call, request: Request, *, streaming: bool) -> _Turn:
    model = await resolve(call, request["modelId"])
    check_converses(model.id, streaming=streaming)
    refuse_guardrail(request.get("guardrailConfig", {}).get("guardrailIdentifier"))
    prompt = await read_prompt(request, Attachments(call))
    telling = Telling(
        tells_cache=has_cache_points(request),
        fields=ResponseFields(
            model.id, prompt, request.get("additionalModelResponseFieldPaths", [])
        ).of,
        routed_to=model.routed_to,
        performance=request.get("performanceConfig"),
        service_tier=request.get("serviceTier"),
    )
    return _Turn(await open_generation(call, model.id, prompt), telling)
