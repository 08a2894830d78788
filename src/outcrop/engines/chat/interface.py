"""What every chat model promises."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

Role = Literal["system", "user", "assistant"]
StopReason = Literal["end", "max_tokens", "stop_sequence", "tool_use", "content_filter"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words, from either side."""

    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture for a model that sees."""

    content: bytes
    media_type: str
    """`image/png`, `image/jpeg`, `image/gif` or `image/webp`."""


@dataclass(frozen=True, slots=True)
class ToolUse:
    """The assistant asks for a tool to be run."""

    id: str
    name: str
    input: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave, sent back by the user."""

    tool_use_id: str
    content: str
    """Text; JSON is given as its text."""
    is_error: bool = False
    images: Sequence[Image] = ()
    """What the tool shows, for a model that sees."""


Part: TypeAlias = Text | Image | ToolUse | ToolResult


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may ask for."""

    name: str
    description: str
    input_schema: Mapping[str, Any]
    """JSON Schema of the input, an object."""


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """Which tool the model must ask for."""

    kind: Literal["auto", "any", "tool", "none"] = "auto"
    """`any`: one of the tools, whichever; `tool`: the one called `name`."""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How the next token is chosen; `None` leaves it to the model's own default."""

    max_tokens: int | None = None
    max_seconds: float | None = None
    """How long to speak, from the call of `generate`; then words end with `max_tokens`.

    JSON and calls of tools are brought to their end, and one token comes in any case. A model
    that answers elsewhere keeps its own limits.
    """
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop_sequences: Sequence[str] = ()
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    repetition_penalty: float | None = None
    logit_bias: Mapping[int, float] = field(default_factory=dict[int, float])


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a chat model is asked to continue."""

    messages: Sequence[Message]
    """System messages first."""
    tools: Sequence[Tool] = ()
    tool_choice: ToolChoice = field(default_factory=ToolChoice)
    sampling: Sampling = field(default_factory=Sampling)
    json_schema: Mapping[str, Any] | None = None
    """The answer is JSON that satisfies this schema; `{}` allows any JSON object."""
    is_raw: bool = False
    """The words of the only message are continued as they are, with no turns around them.

    A model that knows nothing but turns takes them for the user's.
    """
    marked_parts: int | None = None
    """How many parts, of all messages in turn, the caller marks to be cached; `None`: no mark.

    Tools come with the system's parts. Prefixes are cached in any case; a mark asks for figures.
    """
    tells_tokens: bool = False
    """Whether the words come with the tokens that they are made of, where the model knows them."""
    model_id: str = ""
    """Whom the caller asked for; the router says so to scripted and passed-through models."""

    @property
    def has_images(self) -> bool:
        """Whether anything is shown, by the user or by a tool."""
        parts = [part for message in self.messages for part in message.parts]
        return any(
            isinstance(part, Image) or (isinstance(part, ToolResult) and bool(part.images))
            for part in parts
        )

    @property
    def words(self) -> str:
        """All that was said, without turns."""
        parts = [part for message in self.messages for part in message.parts]
        return "".join(part.text for part in parts if isinstance(part, Text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a generation cost, in the model's own tokens."""

    input_tokens: int
    """All of the prompt, the cached part included."""
    output_tokens: int
    cached_input_tokens: int = 0
    """How many of the input tokens were found in the prefix cache."""
    written_input_tokens: int = 0
    """How many more were put there, of those that come before the caller's last mark."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a model wrote in one step; several steps may make one character."""

    id: int | None
    """In the model's vocabulary; `None`: the model does not tell."""
    text: str
    logprob: float | None
    """The natural logarithm of its probability, before sampling."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next words."""

    text: str
    tokens: Sequence[Token] = ()
    """What they are made of, if the prompt asks and the model knows."""


@dataclass(frozen=True, slots=True)
class ToolUseStarted:
    """A tool use begins; its input follows."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ToolInputDelta:
    """A piece of the JSON text of the input of the tool use that started last."""

    json: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The last delta of every generation."""

    reason: StopReason
    usage: Usage
    stop_sequence: str | None = None
    """The one that was met; it is no part of the text."""


Delta: TypeAlias = TextDelta | ToolUseStarted | ToolInputDelta | Finished


class ChatError(Exception):
    """A generation failed; the subclasses say how."""


class ContextOverflowError(ChatError):
    """The prompt leaves no room for an answer in the model's context.

    An answer that would be longer than the room that is left ends with `max_tokens`.
    """

    def __init__(
        self,
        *,
        prompt_tokens: int | None = None,
        context_tokens: int | None = None,
        message: str = "",
    ) -> None:
        """Say how much is too much.

        Args:
            prompt_tokens: Where it is known.
            context_tokens: Likewise.
            message: An upstream's own words, when it gives no numbers.
        """
        super().__init__(
            message
            or f"The prompt has {prompt_tokens} tokens; the model's context holds {context_tokens}."
        )
        self.prompt_tokens = prompt_tokens
        self.context_tokens = context_tokens


class UnsupportedInputError(ChatError):
    """The model cannot take this kind of input, such as images."""


class InvalidPromptError(ChatError):
    """The prompt is malformed: an impossible JSON schema, a tool choice without that tool."""


class ModelUnavailableError(ChatError):
    """The model's weights, library or upstream are not there; the message says how to get them."""


class OverloadedError(ChatError):
    """The bounded queue is full."""

    def __init__(self, message: str, *, retry_after_seconds: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class GenerationFailedError(ChatError):
    """The model's process or upstream failed in the middle of a generation."""


class ChatModel(Protocol):
    """One language model."""

    @property
    def name(self) -> str:
        """What really speaks: `qwen2.5-coder-0.5b-instruct-q4_k_m`."""
        ...

    @property
    def sees_images(self) -> bool:
        """Whether `Image` parts are understood."""
        ...

    def generate(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """Continue a conversation, delta by delta, and end with `Finished`.

        Closing the iterator early cancels the generation and frees its place.

        Raises:
            ChatError: Before the first delta, or between two.
        """
        ...

    async def count_tokens(self, prompt: Prompt) -> int:
        """Return how many input tokens `generate` would use, tools and template included."""
        ...


class Chat(Protocol):
    """Finds the chat model that answers for a model id, or for a name of its publisher's."""

    def model(self, model_id: str) -> ChatModel:
        """Return the model that a foundation model's id is routed to.

        Args:
            model_id: Bare: `anthropic.claude-3-sonnet-20240229-v1:0`, no ARN, no inference profile.

        Raises:
            ModelUnavailableError: No route answers for the id.
        """
        ...

    def published(self, name: str) -> ChatModel:
        """Return the model that a name stands for; no other stands in, unless a route says so.

        Args:
            name: Of a repository of the Hugging Face hub, of weights, or of the settings' own.

        Raises:
            ModelUnavailableError: None does; the message says how to add one.
        """
        ...
