"""How well a classifier does with documents that it was not trained of.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/cer-doc-class.html
Source: https://docs.aws.amazon.com/comprehend/latest/dg/conf-matrix.html
"""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from outcrop.services.comprehend.models.scores import Counts, mean


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What documents are, and what a classifier says that they are."""

    labels: Sequence[str]
    """All that there are, in order."""
    actual: Sequence[AbstractSet[str]]
    predicted: Sequence[AbstractSet[str]]
    is_exclusive: bool
    """Whether each document has one label, and is given one."""

    def metrics(self) -> dict[str, float]:
        """Return the `EvaluationMetrics`."""
        each = list(self._counts().values())
        told = [one for one in each if one.is_told]
        together = Counts.of(each)
        wrong = together.false_negatives if self.is_exclusive else together.wrong
        cells = len(self.actual) * (1 if self.is_exclusive else len(self.labels))
        return {
            "Accuracy": together.recall,
            "Precision": mean([one.precision for one in told]),
            "Recall": mean([one.recall for one in told]),
            "F1Score": mean([one.f1 for one in told]),
            "MicroPrecision": together.precision,
            "MicroRecall": together.recall,
            "MicroF1Score": together.f1,
            "HammingLoss": wrong / cells,
        }

    def confusion(self) -> dict[str, Any]:
        """Return what `confusion_matrix.json` holds."""
        labels = list(self.labels)
        if self.is_exclusive:
            kind, matrix = "multi_class", self._among_labels()
        else:
            kind, matrix = "multi_label", list(map(self._of_label, self._counts().values()))
        return {
            "type": kind,
            "confusion_matrix": matrix,
            "labels": labels,
            "all_labels": labels,
        }

    def _among_labels(self) -> list[list[int]]:
        """Return rows of actual labels, columns of predicted ones."""
        at = {label: number for number, label in enumerate(self.labels)}
        matrix = [[0] * len(at) for _ in at]
        for (actual,), (predicted,) in zip(self.actual, self.predicted, strict=True):
            matrix[at[actual]][at[predicted]] += 1
        return matrix

    def _of_label(self, counts: Counts) -> list[list[int]]:
        """Return rows of whether a label was there, columns of whether it was predicted."""
        rest = len(self.actual) - counts.true_positives - counts.wrong
        return [
            [rest, counts.false_positives],
            [counts.false_negatives, counts.true_positives],
        ]

    def _counts(self) -> dict[str, Counts]:
        right, false, missed = Counter[str](), Counter[str](), Counter[str]()
        for actual, predicted in zip(self.actual, self.predicted, strict=True):
            right.update(actual & predicted)
            false.update(predicted - actual)
            missed.update(actual - predicted)
        return {
            label: Counts(
                true_positives=right[label],
                false_positives=false[label],
                false_negatives=missed[label],
            )
            for label in self.labels
        }
