"""Converse and ConverseStream: one form of conversation for every model.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

from dataclasses import dataclass

from outcrop.aws.errors import ServiceError
from outcrop.engines.chat.interface import Prompt
from outcrop.operations import Call, operation
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.converse_answers import Telling, answer, events
from outcrop.services.bedrock_runtime.converse_prompts import Request, cache_points, read_prompt
from outcrop.services.bedrock_runtime.generation import Generation, open_generation
from outcrop.services.bedrock_runtime.guardrails import refuse_guardrail
from outcrop.services.bedrock_runtime.invocation_notes import InvocationNotes
from outcrop.services.bedrock_runtime.model_families.anthropic_rules import check_prompt
from outcrop.services.bedrock_runtime.model_families.registry import check_converses
from outcrop.services.bedrock_runtime.model_ids import ResolvedModel, resolve
from outcrop.services.bedrock_runtime.response_fields import ResponseFields


@operation("Converse")
async def converse(call: Call, request: shapes.ConverseRequest) -> shapes.ConverseResponse:
    """Answer a conversation with the whole of its next turn."""
    model = await _model(call, request, streaming=False)
    notes = _notes(call, request)
    async with notes.watching():
        turn = await _open(call, request, model, is_streamed=False)
        notes.tells_cache = turn.telling.tells_cache
        reply, finished = await turn.generation.reply()
        told = answer(reply, finished, turn.telling, latency_ms=turn.generation.latency_ms)
    await notes.answered(told, finished.usage)
    return told


@operation("ConverseStream")
async def converse_stream(
    call: Call, request: shapes.ConverseStreamRequest
) -> shapes.ConverseStreamResponse:
    """Answer a conversation with the events of its next turn, as the model speaks."""
    model = await _model(call, request, streaming=True)
    notes = _notes(call, request)
    async with notes.watching():
        turn = await _open(call, request, model, is_streamed=True)
        notes.tells_cache = turn.telling.tells_cache
    told = events(turn.generation, turn.telling)
    return {"stream": notes.streamed(told, turn.generation, dict)}


@dataclass(frozen=True, slots=True)
class _Turn:
    generation: Generation
    telling: Telling


async def _model(call: Call, request: Request, *, streaming: bool) -> ResolvedModel:
    model = await resolve(call, request["modelId"])
    check_converses(model.id, streaming=streaming)
    refuse_guardrail(request.get("guardrailConfig", {}).get("guardrailIdentifier"))
    return model


def _notes(call: Call, request: Request) -> InvocationNotes:
    return InvocationNotes(
        call=call,
        model_id=request["modelId"],
        input={name: value for name, value in request.items() if name != "modelId"},
        request_metadata=request.get("requestMetadata", {}),
    )


def _check_for_model(model_id: str, prompt: Prompt, *, marks: int) -> None:
    """Insist on what the model behind Converse insists on; its words are passed on."""
    if model_id.startswith("anthropic."):
        try:
            check_prompt(prompt, marks=marks)
        except ServiceError as error:
            raise shapes.ValidationException(
                f"The model returned the following errors: {error.message}"
            ) from error


async def _open(call: Call, request: Request, model: ResolvedModel, *, is_streamed: bool) -> _Turn:
    prompt = await read_prompt(request, Attachments(call))
    _check_for_model(model.id, prompt, marks=cache_points(request))
    pointers = request.get("additionalModelResponseFieldPaths", [])
    telling = Telling(
        tells_cache=prompt.marked_parts is not None,
        fields=ResponseFields(model.id, prompt, pointers).of,
        routed_to=model.routed_to,
        performance=request.get("performanceConfig"),
        service_tier=request.get("serviceTier"),
    )
    return _Turn(await open_generation(call, model.id, prompt, is_streamed=is_streamed), telling)
