"""What can be set of chat."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from outcrop.engines.chat.interface import Sampling
from outcrop.engines.chat.script_templates import check_templates
from outcrop.engines.workers.settings import WorkerSettings

DEFAULT_SAMPLING = Sampling(max_tokens=2048, temperature=0.7, top_p=0.8, top_k=20)
"""What Qwen2.5 models are published with, and our own bound on the length of an answer.

Source: https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct/blob/main/generation_config.json
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LlamaCppOptions:
    """How a GGUF model is run."""

    context_tokens: int = 8192
    """The longest conversation, its answer included."""
    slots: int = 8
    """How many requests are generated at a time."""
    cache_tokens: int | None = None
    """How many tokens all slots hold together; by default two full contexts."""
    queue_length: int = 64
    """How many requests may wait for a slot."""
    prompt_cache_mib: int = 256
    """Memory for the prompts of earlier conversations, so that their next turn is quick."""
    batch_tokens: int = 64
    """How many tokens of prompts are read between two steps of generation.

    On CPUs more is no faster, and keeps the other requests waiting.
    """
    threads: int | None = None
    """By default as many as there are idle processors when the model loads."""
    gpu_layers: int = -1
    """How many layers go to a GPU, if there is one and the binding was built for it; -1: all."""
    guards_tool_calls: bool = True
    """Offer the model a tool that stands for calling none; models under some 7B need it."""
    sampling: Sampling = field(default_factory=Sampling)
    """Used for what a prompt leaves open; what is left open here too is `DEFAULT_SAMPLING`'s."""
    worker: WorkerSettings = field(default_factory=WorkerSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class LlamaCppSettings(LlamaCppOptions):
    """Which GGUF model is run, and how."""

    model: Path
    """The GGUF file; of a model in several files, the first."""
    name: str = ""
    """What the model is called in answers; by default the name of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAICompatibleSettings:
    """A server that speaks OpenAI's chat API: vLLM, SGLang, Ollama, LM Studio, llama.cpp."""

    url: str
    """Up to and without `/chat/completions`: `http://127.0.0.1:8000/v1`."""
    model: str
    """What the server calls the model."""
    api_key: str = field(default="", repr=False)
    sees_images: bool = False
    connect_timeout_seconds: float = 5.0
    read_timeout_seconds: float = 600.0
    """Between two pieces of an answer, and before its first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnthropicSettings:
    """The Messages API of Anthropic, or a server that speaks it."""

    model: str
    """`claude-…`, as the API calls it."""
    api_key: str = field(repr=False)
    url: str = "https://api.anthropic.com"
    max_tokens: int = 4096
    """Asked for where a prompt leaves it open: the API insists on a number."""
    connect_timeout_seconds: float = 5.0
    read_timeout_seconds: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BedrockSettings:
    """Amazon Bedrock itself, in an account of AWS."""

    model: str = ""
    """The model id, profile or ARN; empty: whatever the caller asked for."""
    region: str
    endpoint_url: str | None = None
    profile: str | None = None
    """Of the AWS configuration files; without it, the SDK's own search for credentials."""
    sees_images: bool = True
    connect_timeout_seconds: float = 5.0
    read_timeout_seconds: float = 600.0
    requests_at_a_time: int = 32


ScriptedErrorKind = Literal["overloaded", "too_long", "unavailable", "invalid", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedRule:
    """What is said when; the first rule that fits is followed.

    `text`, and all texts in `tool_input`, may name groups of `user`'s match in braces: `{city}`,
    `{1}`, `{0}` for all of it; `{{` and `}}` stand for braces.
    """

    model_id: str = "*"
    """A pattern of the foundation models' ids: `anthropic.*`."""
    user: str = ""
    """A regular expression, searched in what the user said last."""
    after_tool: bool | None = None
    """Whether the conversation ends with a tool's result; left open, either does."""
    text: str = ""
    tool: str = ""
    """Ask for this tool, behind the text if there is one."""
    tool_input: Mapping[str, Any] = field(default_factory=dict[str, Any])
    error: ScriptedErrorKind | None = None
    """Fail instead; with a text, in its middle."""
    error_message: str = "A rule of the script says so."
    delay_seconds: float = 0.0
    """Before the first delta."""
    word_delay_seconds: float = 0.0
    """Before each further one."""

    def __post_init__(self) -> None:
        """Find out now what would fail in the middle of a test.

        Raises:
            ValueError: The rule contradicts itself, or names what its pattern does not find.
        """
        if not (self.text or self.tool or self.error):
            raise ValueError("A rule needs a text, a tool or an error.")
        if self.tool and self.error:
            raise ValueError("A rule has both a tool and an error.")
        if self.tool_input and not self.tool:
            raise ValueError("A rule has an input, but no tool.")
        if min(self.delay_seconds, self.word_delay_seconds) < 0:
            raise ValueError("A rule's delay is negative.")
        check_templates(self.user, (self.text, self.tool_input))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedSettings:
    """Rules in place of a model, for the tests of those who use Outcrop."""

    rules: tuple[ScriptedRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """Which models speak."""

    model: str = "auto"
    """The weights that answer where no route says otherwise; `auto`: the best that lie here."""
    routes: Mapping[str, str] = field(default_factory=dict[str, str])
    """What answers, by a pattern of model ids: the name of weights, or of a table below.

    The first pattern that fits decides: `"anthropic.*" = "claude"`.
    """
    weights: Mapping[str, LlamaCppOptions] = field(default_factory=dict[str, LlamaCppOptions])
    """How weights of the catalogue are run, by their names."""
    openai: Mapping[str, OpenAICompatibleSettings] = field(
        default_factory=dict[str, OpenAICompatibleSettings]
    )
    """Servers that speak OpenAI's API, by names of your choice."""
    anthropic: Mapping[str, AnthropicSettings] = field(default_factory=dict[str, AnthropicSettings])
    """Models of Anthropic's API, by names of your choice."""
    bedrock: Mapping[str, BedrockSettings] = field(default_factory=dict[str, BedrockSettings])
    """Models of Amazon Bedrock, by names of your choice."""
    scripted: Mapping[str, ScriptedSettings] = field(default_factory=dict[str, ScriptedSettings])
    """Scripts, by names of your choice."""
    memory_mib: int | None = None
    """What all models here may hold together; by default three quarters of the machine's."""
