"""What every trainer of linear classifiers promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Vectors:
    """What a model made of pictures or texts, one row each."""

    dimensions: int
    rows: bytes
    """Rows after rows of 32-bit floats, little-endian."""

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.rows) // (4 * self.dimensions)


class LinearClassifiers(Protocol):
    """Trains classifiers by logistic regression, and classifies with them.

    A classifier is some bytes that whoever trained it keeps.
    """

    async def train(
        self, vectors: Vectors, labels: Sequence[Sequence[str]], *, exclusive: bool
    ) -> bytes:
        """Return a classifier of all classes that the labels name.

        The same examples give the same classifier. Classes count alike, however many examples
        they have; how strongly weights are held down is chosen by cross-validation where there
        are examples enough.

        Args:
            vectors: The examples.
            labels: Of each example: its one class if they exclude one another, else all of its.
            exclusive: Whether an example has exactly one class.

        Raises:
            RefusedInputError: Fewer than two classes that exclude one another, or none (kind `few
                classes`).
            EngineError: See its other subclasses.
        """
        ...

    async def classify(self, classifier: bytes, vectors: Vectors) -> list[dict[str, float]]:
        """Return the probabilities of all classes for each vector, from 0.0 to 1.0.

        Those of classes that exclude one another sum to 1.

        Raises:
            EngineError: See its subclasses.
        """
        ...
