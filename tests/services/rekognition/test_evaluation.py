"""The measures of models of Custom Labels, by hand-made scores; and what is kept for tests."""

import pytest

from outcrop.services.rekognition.custom_labels.evaluation import LabelResult, evaluate
from outcrop.services.rekognition.custom_labels.evaluation import Tested as Judged
from outcrop.services.rekognition.custom_labels.splitting import TooFewImagesError, for_tests


def judged(labels: str, **scores: float) -> Judged:
    return Judged(labels=frozenset(labels.split()), scores=scores)


def test_thresholds_are_those_of_the_best_f1_half_way_to_the_next_score():
    evaluation = evaluate(
        [
            judged("cat", cat=0.9, dog=0.25),
            judged("cat", cat=0.75, dog=0.625),
            judged("dog", cat=0.5, dog=0.8),
            judged("dog", cat=0.125, dog=0.5),
        ],
        ["cat", "dog"],
    )

    cat, dog = evaluation.labels
    assert cat == LabelResult(label="cat", images=2, threshold=0.625, precision=1.0, recall=1.0)
    assert dog == LabelResult(label="dog", images=2, threshold=0.375, precision=2 / 3, recall=1.0)
    assert evaluation.f1 == pytest.approx((1.0 + 0.8) / 2)
    assert evaluation.confusion == {
        ("cat", "cat"): 1.0,
        ("cat", "dog"): 0.5,
        ("dog", "cat"): 0.0,
        ("dog", "dog"): 1.0,
    }


def test_equal_scores_count_together():
    (result,) = evaluate([judged("cat", cat=0.5), judged("", cat=0.5)], ["cat"]).labels

    assert (result.threshold, result.precision, result.recall) == (0.25, 0.5, 1.0)


def test_a_label_that_no_test_has_counts_for_nothing():
    evaluation = evaluate([judged("cat", cat=0.9, dog=0.3)], ["cat", "dog"])

    assert evaluation.thresholds == {"cat": 0.45, "dog": 0.5}
    assert evaluation.f1 == 1.0
    assert [each.label for each in evaluation.measured] == ["cat"]
    assert set(evaluation.confusion) == {("cat", "cat"), ("cat", "dog")}


def test_a_fifth_of_every_label_is_for_tests_and_none_is_emptied():
    labels = {f"cat{at}": ["cat"] for at in range(10)}
    labels |= {f"both{at}": ["cat", "dog"] for at in range(2)}
    labels |= {f"bare{at}": [] for at in range(5)}

    chosen = for_tests(labels)

    assert chosen == for_tests(dict(reversed(labels.items())))
    assert sum(image.startswith("both") for image in chosen) == 1
    assert sum("cat" in labels[image] for image in chosen) == 2
    assert sum(image.startswith("bare") for image in chosen) == 1


def test_a_label_of_one_image_cannot_be_split():
    with pytest.raises(TooFewImagesError):
        for_tests({"a": ["cat"], "b": ["cat"], "c": ["dog"]})
