"""AWS's own algorithms through the SageMaker SDK v2, unmodified, under `outcrop run`."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from outcrop.jobs.runtimes import find_runtime

PROGRAMS = Path(__file__).parent / "programs"
ALGORITHMS = (
    "blazingtext",
    "factorization-machines",
    "forecasting-deepar",
    "image-classification",
    "ipinsights",
    "kmeans",
    "knn",
    "lda",
    "linear-learner",
    "ntm",
    "pca",
    "randomcutforest",
)


@pytest.mark.slow  # The SDK looks twice a minute; `../test_built_in_algorithms.py` does without.
def test_records_of_two_instances_are_clustered_and_asked_for_by_records(
    program: Callable[..., Any], account: str
) -> None:
    told = program("built_in_algorithms.py", f"algorithms-{account}", "kmeans", "linear")[1]

    near, far = (one["closest_cluster"] for one in told["kmeans"]["told"])
    assert near != far
    assert told["kmeans"]["image"] == "kmeans:1"
    assert [one["predicted_label"] for one in told["linear"]["told"]] == [[0.0], [1.0]]


@pytest.mark.slow
def test_the_other_estimators_fit_deploy_and_answer(
    program: Callable[..., Any], account: str
) -> None:
    names = ("pca", "knn", "forest", "machines", "topics", "addresses")

    told = program("built_in_algorithms.py", f"others-{account}", *names)[1]

    near, far = (one["projection"][0] for one in told["pca"]["told"])
    assert abs(near - far) > 8
    assert [one["predicted_label"] for one in told["knn"]["told"]] == [[0.0], [1.0]]
    assert all(one["score"][0] > 0 for one in told["forest"]["told"])
    assert [one["predicted_label"] for one in told["machines"]["told"]] == [[0.0], [1.0]]
    one, other = (one["topic_weights"] for one in told["topics"]["told"])
    assert one.index(max(one)) != other.index(max(other))
    assert max(one) > 0.8
    assert max(other) > 0.8
    own, others = (one["dot_product"] for one in told["addresses"]["told"])
    assert own > others


def test_the_images_of_all_regions_stand_for_their_algorithms(sdk: Path) -> None:
    command = [sdk / "bin" / "python", PROGRAMS / "image_uris.py", *ALGORITHMS]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    images = json.loads(printed.splitlines()[-1])

    assert len(images) > 150
    assert {find_runtime(image).name for image in images} == set(ALGORITHMS)
