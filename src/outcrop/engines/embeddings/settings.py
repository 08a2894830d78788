"""What can be set of embeddings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from outcrop.engines.embeddings.models import MULTILINGUAL_E5_SMALL, EmbeddingModel


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteEmbedderSettings:
    """A server that speaks OpenAI's API."""

    url: str
    """Up to and without `/embeddings`: `http://127.0.0.1:8000/v1`."""
    model: EmbeddingModel
    """Its `name` is what the server calls the model."""
    api_key: str = ""
    timeout_seconds: float = 60.0
    batch_texts: int = 32
    """How many texts go into one request; servers refuse more than their bound."""
    requests_at_a_time: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingsSettings:
    """Which models embed."""

    routes: Mapping[str, str] = field(
        default_factory=lambda: {"*": MULTILINGUAL_E5_SMALL.name},
    )
    """What answers, by a pattern of model ids: the name of weights or of a remote embedder.

    The first pattern that fits decides.
    """
    remote: Mapping[str, RemoteEmbedderSettings] = field(
        default_factory=dict[str, RemoteEmbedderSettings]
    )
    """Embedders on other servers, by names of your choice."""
    threads: int | None = None
    """How many threads a model here computes with; by default all that the process may use."""
    idle_seconds: float | None = 600.0
    """Without a request for so long, a model is unloaded until the next one."""
