"""The requests that a worker's llama.cpp server answers on its Unix socket.

Source: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
"""

import contextlib
import json
import math
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from outcrop.engines.chat.interface import (
    ChatError,
    ContextOverflowError,
    GenerationFailedError,
    InvalidPromptError,
    Sampling,
    Token,
)
from outcrop.engines.chat.json_schemas import on_one_line
from outcrop.engines.chat.unix_http import RefusedRequestError, UnixHttp

Tokens: TypeAlias = Sequence[int | str]
"""A prompt: token numbers, and texts that are made into tokens."""

StopType: TypeAlias = Literal["eos", "word", "limit"]

_BIG_BIAS = 100.0
"""More than any difference between two logits."""
_SCHEMAS_REMEMBERED = 1000
_NO_JSON = "Hello"
"""No JSON text begins like this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a completion ended and what it cost."""

    stop_type: StopType
    stop_word: str
    prompt_tokens: int
    cached_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Text as it comes; the last piece has an ending."""

    text: str
    so_far: Ending | None = None
    """How a completion that says what it costs would end here; `stop_type` is `limit`."""
    ending: Ending | None = None
    tokens: Sequence[Token] = ()
    """What the text is made of, if the completion tells."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A conversation as a model reads it."""

    text: str
    tokens: list[int]


@dataclass(frozen=True, slots=True)
class NextTokens:
    """What may follow a prompt."""

    tokens: dict[str, float]
    """Probabilities by text."""
    cached_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What to continue, and how."""

    prompt: Tokens
    sampling: Sampling
    stop: Sequence[str] = ()
    json_schema: Mapping[str, Any] | None = None
    grammar: str = ""
    """In llama.cpp's GBNF."""
    uses_cache: bool = True
    """Whether the beginning of the prompt may be taken from an earlier one."""
    tells_cost: bool = False
    """Whether every piece says what the completion has cost so far."""
    tells_tokens: bool = False
    """Whether every piece says which tokens it is made of."""


@dataclass(frozen=True, slots=True)
class LlamaCppServer:
    """Speaks to one server; its methods raise `ServerGoneError` when it is gone."""

    http: UnixHttp
    _enforceable: dict[str, Mapping[str, Any] | None] = field(
        default_factory=dict[str, Mapping[str, Any] | None]
    )

    async def render(
        self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]] = ()
    ) -> Rendered:
        """Return a conversation as the model's template writes it, ready for an answer."""
        rendered = await self._ask("/apply-template", {"messages": messages, "tools": tools})
        return await self.split(rendered["prompt"])

    async def split(self, text: str) -> Rendered:
        """Return a text as the model reads it; what looks like a control token is one."""
        # Templates write control tokens as text, except the one that starts a text.
        how = {"content": text, "add_special": True, "parse_special": True}
        return Rendered(text, (await self._ask("/tokenize", how))["tokens"])

    async def complete(self, completion: Completion) -> AsyncGenerator[Piece, None]:
        """Continue a prompt; closing the iterator frees the slot."""
        body = _body(completion) | {"stream": True}
        with _refusals():
            async with contextlib.aclosing(self.http.events("/completion", body)) as events:
                async for said in events:
                    if said["stop"]:
                        yield Piece(said["content"], ending=_ending(said))
                        return
                    yield Piece(said["content"], so_far=_so_far(said), tokens=_tokens(said))
        raise GenerationFailedError("The server of llama.cpp broke off in the middle of an answer.")

    async def next_tokens(self, prompt: Tokens, *, most: int, uses_cache: bool) -> NextTokens:
        """Return the likeliest next tokens."""
        body = {"prompt": prompt, "n_predict": 1, "temperature": 0.0, "n_probs": most}
        said = await self._ask("/completion", body | {"cache_prompt": uses_cache})
        likeliest = said["completion_probabilities"][0]["top_logprobs"]
        return NextTokens(
            {choice["token"]: math.exp(choice["logprob"]) for choice in likeliest},
            cached_tokens=said["timings"]["cache_n"],
        )

    async def enforceable(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the form of a JSON schema that answers can be held to.

        The server only logs that it cannot hold them to one, and then holds them to nothing.
        So it is asked for a token that begins no JSON text, with all its weight: what it
        answers tells.

        Raises:
            InvalidPromptError: There is none.
        """
        key = json.dumps(schema)
        if key not in self._enforceable:
            self._enforceable[key] = await self._find_enforceable(schema)
            if len(self._enforceable) > _SCHEMAS_REMEMBERED:
                del self._enforceable[next(iter(self._enforceable))]
        if (form := self._enforceable[key]) is None:
            raise InvalidPromptError(f"No answer can be held to this JSON schema: {key[:500]}")
        return form

    async def busy_slots(self) -> int:
        """Return how many slots are at work."""
        return sum(slot["is_processing"] for slot in await self.http.get("/slots"))

    async def _find_enforceable(self, schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
        for is_lenient in (False, True):
            form = on_one_line(schema, is_lenient=is_lenient)
            if await self._is_held_to(form):
                return form
        return None

    async def _is_held_to(self, schema: Mapping[str, Any]) -> bool:
        token = (await self._ask("/tokenize", {"content": _NO_JSON}))["tokens"][0]
        forced = Completion(
            prompt=[token],
            sampling=Sampling(max_tokens=1, temperature=0.0, logit_bias={token: _BIG_BIAS}),
            json_schema=schema,
            uses_cache=False,
        )
        said = await self._ask("/completion", _body(forced))
        return not _NO_JSON.startswith(said["content"] or _NO_JSON)

    async def _ask(self, path: str, body: Mapping[str, Any]) -> Any:
        with _refusals():
            return await self.http.post(path, body)


@contextlib.contextmanager
def _refusals() -> Generator[None, None, None]:
    """Tell refusals in the words of the interface."""
    try:
        yield
    except RefusedRequestError as error:
        raise _error(error.answer) from error


def _body(completion: Completion) -> dict[str, Any]:
    sampling = completion.sampling
    chosen = {
        "n_predict": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "presence_penalty": sampling.presence_penalty,
        "frequency_penalty": sampling.frequency_penalty,
        "repeat_penalty": sampling.repetition_penalty,
        "seed": None if sampling.seed is None else sampling.seed % 2**32,
        "json_schema": completion.json_schema,
        "grammar": completion.grammar or None,
    }
    return {name: value for name, value in chosen.items() if value is not None} | {
        "prompt": completion.prompt,
        "stop": completion.stop,
        "logit_bias": list(sampling.logit_bias.items()),
        "cache_prompt": completion.uses_cache,
        "timings_per_token": completion.tells_cost,
        "n_probs": int(completion.tells_tokens),
    }


def _so_far(said: Any) -> Ending | None:
    if "timings" not in said:
        return None
    return _ending({**said, "stop_type": "limit", "stopping_word": ""})


def _tokens(said: Any) -> Sequence[Token]:
    return [
        Token(one["id"], one["token"], one["logprob"])
        for one in said.get("completion_probabilities", ())
    ]


def _ending(said: Any) -> Ending:
    return Ending(
        stop_type=said["stop_type"],
        stop_word=said["stopping_word"],
        prompt_tokens=said["tokens_evaluated"],
        cached_tokens=said["timings"]["cache_n"],
        output_tokens=said["tokens_predicted"],
    )


def _error(answer: Any) -> ChatError:
    match answer:
        case {"error": {"type": "exceed_context_size_error", **told}}:
            return ContextOverflowError(
                prompt_tokens=told["n_prompt_tokens"], context_tokens=told["n_ctx"]
            )
        case {"error": {"type": "invalid_request_error", "message": message}}:
            return InvalidPromptError(message)
        case {"error": {"message": message}}:
            return GenerationFailedError(message)
        case _:
            return GenerationFailedError(f"The server of llama.cpp refused: {answer}")
