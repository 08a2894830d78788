"""What every modeller of topics promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TopicModel:
    """The topics of a collection."""

    terms: Sequence[Sequence[tuple[str, float]]]
    """Of each topic: its likeliest words with their probabilities, the likeliest first."""
    shares: Sequence[Sequence[float]]
    """Of each document: the share of each topic; together 1, or nothing where it has no words."""


class TopicModeler(Protocol):
    """Finds words that go together in documents."""

    async def model(
        self, documents: Sequence[Sequence[str]], *, topics: int, terms: int
    ) -> TopicModel:
        """Return the topics of documents.

        Args:
            documents: Their words, in any order, without those that say nothing.
            topics: How many there are; fewer come back if there are fewer documents with words.
            terms: The most words that a topic is told by.

        Raises:
            EngineError: See its subclasses.
        """
        ...
