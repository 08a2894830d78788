"""What every family of models promises."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from outcrop.engines.chat.interface import Finished, Prompt
from outcrop.engines.embeddings.interface import Purpose
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.generation import Generation, Reply
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.wording import SCHEMA, Wording

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Json = Mapping[str, Any]


class TextFamily(Protocol):
    """A native form of generating text, streamed or whole."""

    wording: Wording = SCHEMA
    """How bodies are refused."""
    strictly_needs: Sequence[str] = ()
    """Members that AWS insists on and its own examples leave out: needed in strict mode only."""

    async def read(self, body: Fields, attachments: Attachments) -> Prompt:
        """Return what a request's body asks for.

        Raises:
            ServiceError: `ValidationException`, in the words of that vendor's models on Bedrock.
        """
        ...

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """Return the body of a whole answer."""
        ...

    def events(
        self, model_id: str, prompt: Prompt, generation: Generation
    ) -> AsyncGenerator[Json, None]:
        """Give the bodies of a streamed answer's chunks."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingRequest:
    """Texts to embed, and the form that the vectors are to have."""

    texts: Sequence[str]
    purpose: Purpose
    dimensions: int
    """The length of each vector, as the vendor's model gives it."""
    kinds: Sequence[str] = ("float",)
    """How numbers are told: `float`, `int8`, `uint8`, `binary`, `ubinary`."""
    has_kinds: bool = False
    """Whether the request names kinds; the answer's form depends on it."""
    is_normalized: bool = True
    """Whether vectors are brought to length 1."""


class EmbeddingFamily(Protocol):
    """A native form of embedding texts."""

    @property
    def dimensions(self) -> int:
        """The length of a vector where the request names none."""
        ...

    def read(self, body: Fields) -> EmbeddingRequest:
        """Return what a request's body asks for.

        Raises:
            ServiceError: `ValidationException`, in the words of that vendor's models on Bedrock.
        """
        ...

    def write(
        self, request: EmbeddingRequest, vectors: "npt.NDArray[np.float32]", tokens: Sequence[int]
    ) -> Json:
        """Return the body of the answer.

        Args:
            request: What was asked.
            vectors: float32, (texts, dimensions).
            tokens: How many tokens each text has.
        """
        ...
