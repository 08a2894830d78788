"""How well a model does on the images for tests, in AWS's measures.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/im-metrics-use.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DEFAULT_THRESHOLD = 0.5
"""Of a label that no image for tests has: none can be chosen by them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """An image for tests."""

    labels: frozenset[str]
    """That it has."""
    scores: Mapping[str, float]
    """What the model says of every label: from 0.0 to 1.0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelResult:
    """What is measured of one label."""

    label: str
    images: int
    """For tests that have it. With none, nothing but the threshold is known."""
    threshold: float
    """The assumed threshold: from there on, an image counts as having the label."""
    precision: float = 0.0
    recall: float = 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return f1(self.precision, self.recall)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What is measured of a model."""

    labels: Sequence[LabelResult]
    """Those with the best F1 first."""
    confusion: Mapping[tuple[str, str], float]
    """Of the images that have the one label: the share in which the other is found."""

    @property
    def measured(self) -> Sequence[LabelResult]:
        """The labels that images for tests have."""
        return [each for each in self.labels if each.images]

    @property
    def precision(self) -> float:
        """The mean of the labels'."""
        return _mean([each.precision for each in self.measured])

    @property
    def recall(self) -> float:
        """The mean of the labels'."""
        return _mean([each.recall for each in self.measured])

    @property
    def f1(self) -> float:
        """The mean of the labels': so is that of AWS's published example."""
        return _mean([each.f1 for each in self.measured])

    @property
    def thresholds(self) -> dict[str, float]:
        """The assumed threshold of each label."""
        return {each.label: each.threshold for each in self.labels}


def evaluate(tested: Sequence[Tested], labels: Sequence[str]) -> Evaluation:
    """Measure a model.

    Args:
        tested: All images for tests.
        labels: All that the model knows.
    """
    results = [_measure(tested, label) for label in labels]
    thresholds = {each.label: each.threshold for each in results}
    measured = [each.label for each in results if each.images]
    return Evaluation(
        labels=sorted(results, key=lambda each: (each.images == 0, -each.f1, each.label)),
        confusion={
            (truth, found): _share(tested, truth, found, thresholds[found])
            for truth in measured
            for found in labels
        },
    )


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _measure(tested: Sequence[Tested], label: str) -> LabelResult:
    """Return what is measured of a label at the threshold with the best F1.

    It lies half-way between the lowest score that counts and the next one below: a threshold that
    touched a score of the tests would hold for these tests only.
    """
    ranked = sorted(((each.scores[label], label in each.labels) for each in tested), reverse=True)
    images = sum(has for _, has in ranked)
    best = LabelResult(label=label, images=images, threshold=DEFAULT_THRESHOLD)
    right = 0
    for count, (score, has) in enumerate(ranked, start=1):
        right += has
        below = ranked[count][0] if count < len(ranked) else 0.0
        if not right or below == score:
            continue
        now = LabelResult(
            label=label,
            images=images,
            threshold=(score + below) / 2,
            precision=right / count,
            recall=right / images,
        )
        if now.f1 > best.f1:
            best = now
    return best


def _share(tested: Sequence[Tested], truth: str, found: str, threshold: float) -> float:
    having = [each for each in tested if truth in each.labels]
    return sum(each.scores[found] >= threshold for each in having) / len(having)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
