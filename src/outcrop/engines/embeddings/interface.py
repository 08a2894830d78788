"""What every embedder promises."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:  # Settings name this room too, and need not wait for NumPy.
    import numpy as np
    import numpy.typing as npt

Purpose = Literal["query", "document"]
"""Some models, E5 among them, embed queries and documents with different prefixes."""


class EmbeddingError(Exception):
    """Texts could not be embedded; the subclasses say how."""


class EmbedderUnavailableError(EmbeddingError):
    """The weights or the library are not there; the message says how to get them."""


class EmbeddingFailedError(EmbeddingError):
    """The model's process failed."""


class Embedder(Protocol):
    """One embedding model."""

    @property
    def name(self) -> str:
        """What really embeds: `multilingual-e5-small`."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """The longest text that is read whole, as `count_tokens` counts; longer ones are cut."""
        ...

    async def embed(
        self, texts: Sequence[str], *, purpose: Purpose | None, is_normalized: bool = True
    ) -> "npt.NDArray[np.float32]":
        """Return embeddings: float32, (texts, dimensions).

        Args:
            texts: What to embed.
            purpose: What the embeddings are for; `None`: texts are read as they are.
            is_normalized: Whether rows are brought to length 1, or left as the model gives them.

        Raises:
            EmbeddingError: See its subclasses.
        """
        ...

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has, before any cut.

        What the model puts around a text (marks, the prefix of a purpose) does not count.

        Raises:
            EmbeddingError: See its subclasses.
        """
        ...


class Embeddings(Protocol):
    """Finds the embedder that answers for a model id, or for a name of its publisher's."""

    def model(self, model_id: str) -> Embedder:
        """Return the embedder that a foundation model's id is routed to.

        Raises:
            EmbedderUnavailableError: No route answers for the id.
        """
        ...

    def published(self, name: str) -> Embedder:
        """Return the embedder that a name stands for: no other stands in for it.

        Args:
            name: Of a repository of the Hugging Face hub, of weights, or of the settings' own.

        Raises:
            EmbedderUnavailableError: None does; the message says how to add one.
        """
        ...
