"""Linear classifiers: what they learn, and their process."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from outcrop.engines.linear_classifiers.interface import Vectors
from outcrop.engines.linear_classifiers.logistic import LogisticClassifier, Numbers, train
from outcrop.engines.linear_classifiers.scikit_learn import ScikitLearnClassifiers
from outcrop.engines.workers.child import RefusedError
from outcrop.engines.workers.engine import RefusedInputError
from tests.weights.entries import store

CENTRES = {"cat": (4.0, 0.0, 1.0), "chien": (-4.0, 0.0, 1.0), "bird": (0.0, 4.0, 1.0)}


def around(names: Sequence[str], seed: int) -> Numbers:
    """Return a point near the centre of each class."""
    chance = np.random.default_rng(seed)
    return np.array([np.array(CENTRES[name]) + chance.normal(0, 0.5, 3) for name in names])


def one_each(names: Sequence[str]) -> list[list[str]]:
    return [[name] for name in names]


def likeliest(found: Sequence[dict[str, float]]) -> list[str]:
    return [max(each, key=lambda name: each[name]) for each in found]


@pytest.mark.parametrize("classes", [("cat", "chien"), ("cat", "chien", "bird")])
def test_new_examples_are_told_apart(classes: tuple[str, ...]):
    names = list(classes) * 8
    trained = train(around(names, 1), one_each(names), exclusive=True)

    found = trained.classify(around(classes, 2))

    assert likeliest(found) == list(classes)
    assert [sum(each.values()) for each in found] == pytest.approx([1.0] * len(classes))
    assert all(max(each.values()) > 0.8 for each in found)


def test_rare_classes_count_like_others():
    names = ["cat"] * 40 + ["chien"] * 2
    trained = train(around(names, 1), one_each(names), exclusive=True)

    (between,) = trained.classify(np.array([[0.0, 0.0, 1.0]]))

    assert between["cat"] == pytest.approx(0.5, abs=0.1)


def test_an_example_may_have_several_classes_or_none():
    corners = np.array([(0, 0), (0, 1), (1, 0), (1, 1)] * 5, float)
    labels = [["tall"] * int(x) + ["wide"] * int(y) + ["seen"] for x, y in corners]
    trained = train(corners, labels, exclusive=False)

    found = trained.classify(corners[:4])

    likely = [sorted(name for name, share in each.items() if share > 0.5) for each in found]
    assert likely == [["seen"], ["seen", "wide"], ["seen", "tall"], ["seen", "tall", "wide"]]


def test_a_single_example_of_each_class_is_enough():
    trained = train(np.array([(0.0, 0.0), (1.0, 1.0)]), [["low"], ["high"]], exclusive=True)

    assert likeliest(trained.classify(np.array([(0, 0.1), (1, 0.9)]))) == ["low", "high"]


@pytest.mark.parametrize(("labels", "exclusive"), [([["a"], ["a"]], True), ([[], []], False)])
def test_too_few_classes_are_refused(labels: list[list[str]], exclusive: bool):
    with pytest.raises(RefusedError) as refused:
        train(np.array([(0.0, 0.0), (1.0, 1.0)]), labels, exclusive=exclusive)

    assert refused.value.kind == "few classes"


@pytest.mark.anyio
async def test_a_process_trains_the_same_classifier_every_time(tmp_path: Path):
    names = ["cat", "chien", "bird"] * 4
    given = around(names, 1).astype("<f4")
    vectors = Vectors(3, given.tobytes())
    classifiers = ScikitLearnClassifiers(store(tmp_path))
    try:
        trained = await classifiers.train(vectors, one_each(names), exclusive=True)
        found = await classifiers.classify(trained, vectors)
        with pytest.raises(RefusedInputError, match="The examples have 0 classes"):
            await classifiers.train(vectors, [[]] * 12, exclusive=False)
    finally:
        await classifiers.close()

    here = train(given.astype(float), one_each(names), exclusive=True)
    assert trained == here.to_bytes()
    assert found == LogisticClassifier.from_bytes(trained).classify(given.astype(float))
    assert len(vectors) == 12
