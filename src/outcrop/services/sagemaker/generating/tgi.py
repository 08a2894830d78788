"""Hugging Face's Text Generation Inference: `inputs` and `parameters`, answers in a list.

Source: https://huggingface.co/docs/text-generation-inference/reference/api_reference,
https://github.com/huggingface/text-generation-inference/blob/main/router/src/sagemaker.rs
"""

import random
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from outcrop.engines.chat.interface import (
    ChatError,
    ChatModel,
    ContextOverflowError,
    Finished,
    Message,
    OverloadedError,
    Prompt,
    Sampling,
    Text,
    Token,
)
from outcrop.services.sagemaker.generating import chat_completions
from outcrop.services.sagemaker.generating.fields import Fields
from outcrop.services.sagemaker.generating.generation import (
    FINISH_REASONS,
    generated,
    joined,
    steps,
)
from outcrop.services.sagemaker.generating.messages import (
    EVENTS,
    RefusalError,
    Response,
    as_json,
    whole,
)
from outcrop.services.sagemaker.generating.sampling import Defaults, sampling_of

MAX_NEW_TOKENS = 100
MOST_STOPS = 4
NOT_OFFERED = ("typical_p", "watermark", "top_n_tokens", "adapter_id", "decoder_input_details")
DEFAULTS = Defaults(max_new_tokens=MAX_NEW_TOKENS, largest_top_p=1 - 1e-9)
SEEDS = 1 << 32


@dataclass(frozen=True, slots=True)
class TextGenerationInference:
    """A container of TGI."""

    model: ChatModel
    name: str
    """What the model is called in answers of the messages API."""

    async def __call__(self, body: bytes) -> Response:
        """Answer a request."""
        asked = Fields.of(body, invalid)
        try:
            if not asked.has("inputs"):
                return await chat_completions.respond(self.model, self.name, asked)
            return await self._generate(asked)
        except ChatError as error:
            raise failed(error) from error

    async def _generate(self, asked: Fields) -> Response:
        given = asked.object("parameters")
        prompt = await self._prompt(asked, given)
        # As TGI does for models whose task is text generation.
        inputs = asked.text("inputs") if given.truth("return_full_text", default=True) else ""
        if asked.truth("stream"):
            events = steps(self.model, prompt, keeps_stops=True)
            first = await anext(events)
            pieces = _events(prompt, events, first, inputs, has_details=given.truth("details"))
            return Response(pieces=pieces, content_type=EVENTS)
        answer = await generated(self.model, prompt, keeps_stops=True)
        told: dict[str, Any] = {"generated_text": inputs + answer.text}
        if given.truth("details"):
            told["details"] = {
                "finish_reason": answer.finish_reason,
                "generated_tokens": answer.finished.usage.output_tokens,
                "seed": prompt.sampling.seed,
                "prefill": [],
                "tokens": [_token(token) for token in answer.tokens],
            }
        return whole([told])

    async def _prompt(self, asked: Fields, given: Fields) -> Prompt:
        given.refuse_if_set(NOT_OFFERED)
        if given.integer("best_of", least=1) not in (None, 1):
            raise invalid("`best_of` != 1 is not allowed for this endpoint")
        inputs = asked.text("inputs")
        if not inputs:
            raise invalid("`inputs` cannot be empty")
        sampling = sampling_of(given, DEFAULTS)
        if len(sampling.stop_sequences) > MOST_STOPS:
            raise invalid(
                f"`stop` supports up to {MOST_STOPS} stop sequences. Given:"
                f" {len(sampling.stop_sequences)}"
            )
        prompt = Prompt(
            messages=[Message("user", [Text(inputs)])],
            is_raw=True,
            tells_tokens=asked.truth("stream") or given.truth("details"),
            sampling=_seeded(sampling) if given.truth("details") else sampling,
            json_schema=_schema(given.object("grammar")),
        )
        await self._check_length(prompt, given.integer("truncate", least=1))
        return prompt

    async def _check_length(self, prompt: Prompt, most: int | None) -> None:
        if most is not None and (length := await self.model.count_tokens(prompt)) > most:
            raise invalid(
                f"`inputs` has {length} tokens, more than `truncate` ({most}): this server does not"
                " truncate"
            )


def invalid(message: str) -> RefusalError:
    """Return the answer to a request that is wrong."""
    error = f"Input validation error: {message}"
    return RefusalError(422, {"error": error, "error_type": "validation"})


def failed(error: ChatError) -> RefusalError:
    """Return the answer that says what a chat model's error says.

    Raises:
        OverloadedError: It is this one, which the line in front of containers tells.
    """
    match error:
        case OverloadedError():
            raise error
        case ContextOverflowError(prompt_tokens=length, context_tokens=most) if length:
            return invalid(f"`inputs` must have less than {most} tokens. Given: {length}")
        case _:
            said = f"Request failed during generation: {error}"
            return RefusalError(424, {"error": said, "error_type": "generation"})


async def _events(
    prompt: Prompt,
    rest: AsyncGenerator[Token | Finished, None],
    first: Token | Finished,
    inputs: str,
    *,
    has_details: bool,
) -> AsyncGenerator[bytes, None]:
    """Give one event a token; the last one, which is held back until then, tells all the text."""
    tokens: list[Token] = []
    async with aclosing(rest):
        step = first
        try:
            while not isinstance(step, Finished):
                tokens.append(step)
                step = await anext(rest)
                if isinstance(step, Token):
                    yield _event(len(tokens), tokens[-1])
        except ChatError as error:
            yield b"data:" + as_json(failed(error).body) + b"\n\n"
            return
        details = {
            "finish_reason": FINISH_REASONS[step.reason],
            "generated_tokens": step.usage.output_tokens,
            "seed": prompt.sampling.seed,
            "input_length": step.usage.input_tokens,
        }
        last = tokens[-1] if tokens else Token(None, "", None)
        yield _event(
            max(1, len(tokens)),
            last,
            generated_text=inputs + joined(tokens),
            details=details if has_details else None,
        )


def _event(index: int, token: Token, **end: Any) -> bytes:
    told: Mapping[str, Any] = {"generated_text": None, "details": None, **end}
    return b"data:" + as_json({"index": index, "token": _token(token), **told}) + b"\n\n"


def _token(token: Token) -> Mapping[str, Any]:
    return {"id": token.id, "text": token.text, "logprob": token.logprob, "special": False}


def _seeded(sampling: Sampling) -> Sampling:
    """Return a sampling whose seed can be told, if chance plays a part in it."""
    if not sampling.temperature or sampling.seed is not None:
        return sampling
    return replace(sampling, seed=random.randrange(SEEDS))  # noqa: S311 - no secret


def _schema(grammar: Fields) -> Mapping[str, Any] | None:
    if not grammar.values:
        return None
    if grammar.text("type") not in ("json", "json_object"):
        raise invalid("only grammars of the type json are offered by this server")
    return grammar.object("value").values
