"""Metrics of custom models are those of the examples in AWS's guide."""

import pytest

from outcrop.engines.entity_recognizers.interface import Annotated, Span
from outcrop.services.comprehend.models.classifier_metrics import Evaluation
from outcrop.services.comprehend.models.held_out import held_out
from outcrop.services.comprehend.models.recognizer_metrics import metadata


def evaluation(pairs: str) -> Evaluation:
    """Return that of documents of one label, as pairs of the actual one and the predicted one."""
    return Evaluation(
        sorted(set(pairs.replace(" ", ""))),
        [{actual} for actual, _ in pairs.split()],
        [{predicted} for _, predicted in pairs.split()],
        is_exclusive=True,
    )


def test_the_accuracy_of_the_guide():
    metrics = evaluation("11 01 23 33 22 11 33").metrics()

    assert metrics["Accuracy"] == pytest.approx(5 / 7)
    assert metrics["HammingLoss"] == pytest.approx(2 / 7)


def test_the_confusion_matrix_of_the_guide():
    pairs = "AA AB AB AY AY AY AY BB BB BB BY XX YA YB YX YY"

    assert evaluation(pairs).confusion() == {
        "type": "multi_class",
        "confusion_matrix": [[1, 2, 0, 4], [0, 3, 0, 1], [0, 0, 1, 0], [1, 1, 1, 1]],
        "labels": ["A", "B", "X", "Y"],
        "all_labels": ["A", "B", "X", "Y"],
    }


def test_labels_that_do_not_exclude_one_another():
    told = Evaluation(
        ["a", "b"],
        [{"a"}, {"a", "b"}, {"b"}, {"a"}],
        [{"a"}, {"a"}, {"a", "b"}, set()],
        is_exclusive=False,
    )

    assert told.confusion()["confusion_matrix"] == [[[0, 1], [1, 2]], [[2, 0], [1, 1]]]
    assert told.metrics() == pytest.approx(
        {
            "Accuracy": 3 / 5,
            "Precision": (2 / 3 + 1) / 2,
            "Recall": (2 / 3 + 1 / 2) / 2,
            "F1Score": (2 / 3 + 2 / 3) / 2,
            "MicroPrecision": 3 / 4,
            "MicroRecall": 3 / 5,
            "MicroF1Score": 2 * 3 / 9,
            "HammingLoss": 3 / 8,
        }
    )


def test_the_recognizer_of_the_guide():
    text = (
        "John Washington and his friend Smith live in San Francisco, work in San Diego, and own a"
        " house in Seattle."
    )

    def spans(**kinds: str) -> list[Span]:
        return [
            Span(text.index(name), text.index(name) + len(name), kind)
            for name, kind in ((name.replace("_", " "), kind) for name, kind in kinds.items())
        ]

    there = spans(
        John_Washington="PERSON",
        Smith="PERSON",
        San_Francisco="PLACE",
        San_Diego="PLACE",
        Seattle="PLACE",
    )
    seen = spans(
        John_Washington="PERSON",
        Smith="PLACE",
        San_Francisco="PLACE",
        San_Diego="PLACE",
        Seattle="PERSON",
    )

    told = metadata(["PERSON", "PLACE"], [], [Annotated(text, there)], [seen])

    assert told["EvaluationMetrics"] == pytest.approx(
        {"Precision": 60, "Recall": 60, "F1Score": 60}
    )
    assert [each["EvaluationMetrics"]["F1Score"] for each in told["EntityTypes"]] == pytest.approx(
        [50, 200 / 3]
    )


@pytest.mark.parametrize(
    ("labels", "count"),
    [
        ([("a",)] * 50 + [("b",)] * 10, 12),
        ([("a", "b")] * 20 + [("a",)] * 30, 10),
        ([()] * 2, 1),
        ([("a",)], 0),
    ],
)
def test_a_fifth_of_each_label_is_held_out(labels: list[tuple[str, ...]], count: int):
    chosen = held_out(labels)

    assert (len(chosen), chosen) == (count, held_out(labels))
    assert sum("b" in labels[each] for each in chosen) == sum("b" in each for each in labels) // 5
