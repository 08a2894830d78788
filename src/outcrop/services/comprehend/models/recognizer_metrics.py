"""How well a recognizer does with documents that it was not trained of.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/cer-metrics.html
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from outcrop.engines.entity_recognizers.interface import Annotated, Span
from outcrop.services.comprehend.models.scores import Counts


def metadata(
    kinds: Sequence[str],
    learned: Sequence[Annotated],
    tested: Sequence[Annotated],
    found: Sequence[Iterable[Span]],
) -> dict[str, Any]:
    """Return the `RecognizerMetadata`; scores are percentages, as AWS tells those of recognizers.

    Args:
        kinds: Of entities.
        learned: Documents that it was trained of.
        tested: Documents that it was not.
        found: What it found in each of these. Kind and both ends must be right.
    """
    counts = {kind: _counts(kind, tested, found) for kind in kinds}
    mentions = Counter(span.kind for each in learned for span in each.spans)
    return {
        "NumberOfTrainedDocuments": len(learned),
        "NumberOfTestDocuments": len(tested),
        "EvaluationMetrics": _metrics(Counts.of(counts.values())),
        "EntityTypes": [
            {
                "Type": kind,
                "EvaluationMetrics": _metrics(counts[kind]),
                "NumberOfTrainMentions": mentions[kind],
            }
            for kind in kinds
        ],
    }


def _counts(kind: str, tested: Sequence[Annotated], found: Sequence[Iterable[Span]]) -> Counts:
    pairs = [
        ({span for span in each.spans if span.kind == kind}, {s for s in spans if s.kind == kind})
        for each, spans in zip(tested, found, strict=True)
    ]
    return Counts(
        true_positives=sum(len(there & seen) for there, seen in pairs),
        false_positives=sum(len(seen - there) for there, seen in pairs),
        false_negatives=sum(len(there - seen) for there, seen in pairs),
    )


def _metrics(counts: Counts) -> dict[str, float]:
    return {
        "Precision": 100 * counts.precision,
        "Recall": 100 * counts.recall,
        "F1Score": 100 * counts.f1,
    }
