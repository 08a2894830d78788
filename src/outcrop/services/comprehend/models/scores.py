"""Precision, recall and their harmonic mean.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/cer-metrics.html
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was found, of one kind."""

    true_positives: int = 0
    false_positives: int = 0
    false_negatives: int = 0

    @classmethod
    def of(cls, parts: Iterable["Counts"]) -> "Counts":
        """Return the sum."""
        parts = list(parts)
        return cls(
            true_positives=sum(each.true_positives for each in parts),
            false_positives=sum(each.false_positives for each in parts),
            false_negatives=sum(each.false_negatives for each in parts),
        )

    @property
    def wrong(self) -> int:
        """What was found and is not there, and what is there and was not found."""
        return self.false_positives + self.false_negatives

    @property
    def is_told(self) -> bool:
        """Whether there is anything of the kind, or anything was taken for it."""
        return self.true_positives + self.wrong > 0

    @property
    def precision(self) -> float:
        """The share of what is right in what was found."""
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float:
        """The share of what was found in what is there."""
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return _share(2 * self.true_positives, 2 * self.true_positives + self.wrong)


def mean(values: Sequence[float]) -> float:
    """Return the mean; of nothing, 0."""
    return _share(sum(values), len(values))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
