"""One generation for one call: the model that a `modelId` means, its deltas, its failures.

Source: Amazon Bedrock API Reference, "Converse" and "InvokeModel", section Errors.
"""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from outcrop.aws.errors import ServiceError
from outcrop.engines.chat.interface import (
    ChatError,
    ChatModel,
    ContextOverflowError,
    Delta,
    Finished,
    GenerationFailedError,
    InvalidPromptError,
    ModelUnavailableError,
    OverloadedError,
    Prompt,
    TextDelta,
    ToolInputDelta,
    ToolUseStarted,
    UnsupportedInputError,
)
from outcrop.operations import Call
from outcrop.services.bedrock_runtime import shapes

UNATTENDED = ("CreateModelInvocationJob", "StartAsyncInvoke")
"""Operations that have models answer when nobody waits."""
MODEL_HEADER = "x-outcrop-model"
"""Names the model that really spoke."""


@dataclass(slots=True)
class ToolCall:
    """A tool use as it is being told."""

    id: str
    name: str
    json: str = ""


@dataclass(slots=True)
class Reply:
    """A generation from its first delta to its last."""

    parts: list[str | ToolCall] = field(default_factory=list[str | ToolCall])
    """Text and tool uses, in the order in which they came."""
    finished: Finished | None = None

    @property
    def text(self) -> str:
        """All the words, tool uses left out."""
        return "".join(part for part in self.parts if isinstance(part, str))

    def add(self, delta: Delta) -> None:
        """Take in the next delta."""
        match delta:
            case TextDelta(text):
                if self.parts and isinstance(self.parts[-1], str):
                    self.parts[-1] += text
                else:
                    self.parts.append(text)
            case ToolUseStarted(id=tool_use_id, name=name):
                self.parts.append(ToolCall(tool_use_id, name))
            case ToolInputDelta(json):
                last = self.parts[-1]
                if isinstance(last, ToolCall):
                    last.json += json
            case Finished():
                self.finished = delta


class Generation:
    """The deltas of one prompt; open it with `open_generation`."""

    def __init__(
        self,
        model: ChatModel,
        prompt: Prompt,
        *,
        first: Delta,
        rest: AsyncGenerator[Delta, None],
        started: float,
    ) -> None:
        self._model = model
        self._prompt = prompt
        self._first = first
        self._rest = rest
        self._started = started
        self.first_latency_ms = self.latency_ms
        """Milliseconds until the first delta came."""
        self.finished: Finished | None = None
        """How it ended, once it has."""

    @property
    def latency_ms(self) -> int:
        """Milliseconds since the prompt was given to the model."""
        return round((time.perf_counter() - self._started) * 1000)

    async def input_tokens(self) -> int:
        """Count the prompt's tokens, for forms that tell them before the first words.

        Raises:
            ServiceError: The model fails.
        """
        try:
            return await self._model.count_tokens(self._prompt)
        except ChatError as error:
            raise broken_off(error) from error

    async def deltas(self) -> AsyncGenerator[Delta, None]:
        """Give the deltas; what fails between two is `ModelStreamErrorException`."""
        async with aclosing(self._rest) as rest:
            try:
                self._note(self._first)
                yield self._first
                async for delta in rest:
                    self._note(delta)
                    yield delta
            except ChatError as error:
                raise broken_off(error) from error

    def _note(self, delta: Delta) -> None:
        if isinstance(delta, Finished):
            self.finished = delta

    async def reply(self) -> tuple[Reply, Finished]:
        """Wait for all of it."""
        reply = Reply()
        try:
            async with aclosing(self._rest) as rest:
                reply.add(self._first)
                async for delta in rest:
                    reply.add(delta)
        except ChatError as error:
            raise modelled(error) from error
        if reply.finished is None:
            raise shapes.ModelErrorException("The model ended without saying why.")
        self.finished = reply.finished
        return reply, reply.finished


async def open_generation(
    call: Call,
    model_id: str,
    prompt: Prompt,
    *,
    is_streamed: bool,
    default_max_tokens: int | None = None,
) -> Generation:
    """Give a prompt to the model that answers for a foundation model and wait for its first delta.

    The answer's `x-outcrop-model` header is set on the way.

    Args:
        call: Of the request.
        model_id: The foundation model's.
        prompt: Its answer is bounded here if the request left that open.
        is_streamed: Whether the caller hears the words as they come.
        default_max_tokens: The length that the request means by naming none.

    Raises:
        ServiceError: The model is not to be had, or refuses the prompt, in Bedrock's words.
    """
    started = time.perf_counter()
    prompt = _bounded(call, prompt, default_max_tokens, is_streamed=is_streamed)
    try:
        model = call.backends.engines.chat.model(model_id)
        call.answer_headers[MODEL_HEADER] = model.name
        deltas = model.generate(prompt)
        first = await anext(deltas)
    except ChatError as error:
        raise modelled(error) from error
    return Generation(model, prompt, first=first, rest=deltas, started=started)


def _bounded(call: Call, prompt: Prompt, max_tokens: int | None, *, is_streamed: bool) -> Prompt:
    """Return a prompt whose answer has an end, one of its own or else ours.

    Who waits for a whole answer hangs up after a while; who hears it word by word, or has a
    service wait for it, does not.
    """
    if prompt.sampling.max_tokens is not None:
        return prompt
    settings = call.backends.bedrock
    is_awaited = not is_streamed and call.asked_by not in UNATTENDED
    sampling = replace(
        prompt.sampling,
        max_tokens=settings.max_tokens if max_tokens is None else max_tokens,
        max_seconds=settings.answer_seconds or None if is_awaited else None,
    )
    return replace(prompt, sampling=sampling)


def broken_off(error: ChatError) -> ServiceError:
    """Return the error that ends a stream."""
    return shapes.ModelStreamErrorException(
        str(error), originalMessage=str(error), originalStatusCode=500
    )


def modelled(error: ChatError) -> ServiceError:
    """Return the error of Bedrock that says what a chat model's error says."""
    match error:
        case ContextOverflowError():
            return shapes.ValidationException(f"Input is too long for requested model. {error}")
        case InvalidPromptError() | UnsupportedInputError():
            return shapes.ValidationException(str(error))
        case ModelUnavailableError():
            return shapes.ResourceNotFoundException(str(error))
        case OverloadedError(retry_after_seconds=seconds):
            return shapes.ThrottlingException(
                f"Too many requests, please wait before trying again. {error}",
                headers={"Retry-After": str(max(1, round(seconds)))},
            )
        case GenerationFailedError():
            return shapes.ModelErrorException(str(error), originalStatusCode=500)
        case _:
            return shapes.InternalServerException(str(error))
