"""The LightGBM and CatBoost algorithms on small tables, and what they answer."""

import json
import random
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.installed_runtimes import program_environment, runtime_python

PREDICT = """
import sys
from outcrop_runtime.serving.frameworks import boosted_trees as framework
model = framework.model_fn(sys.argv[1])
rows = framework.input_fn(sys.stdin.read(), "text/csv")
print(framework.output_fn(framework.predict_fn(rows, model), sys.argv[2])[0].decode())
"""
LIBRARIES = [
    "lightgbm",
    pytest.param("catboost", marks=pytest.mark.slow),  # 276 MB over scikit-learn's.
]
ROUNDS = {"lightgbm": "num_boost_round", "catboost": "iterations"}


def table(label: Callable[[float, float, int], float], count: int = 400, seed: int = 0) -> str:
    """Return rows of two numbers and a category, target first."""
    chance = random.Random(seed)
    rows = [
        (round(chance.gauss(0, 1), 4), round(chance.gauss(0, 1), 4), chance.randrange(4))
        for _ in range(count)
    ]
    return "".join(f"{label(*row)},{row[0]},{row[1]},{row[2]}\n" for row in rows)


def side(x: float, y: float, kind: int) -> int:
    return 5 if x + y > 0 else 2


def kind_of(x: float, y: float, kind: int) -> int:
    return (7, 1, 4, 1)[kind]


def height(x: float, y: float, kind: int) -> float:
    return round(10 * x - 3 * y, 4)


@dataclass(frozen=True, slots=True)
class Trained:
    library: str
    folder: Path
    exit_code: int
    log: str

    @property
    def failure(self) -> str:
        return (self.folder / "output/failure").read_text()

    def answer(self, rows: str, accept: str = "application/json") -> Any:
        """Return what the model answers to rows with their targets."""
        body = "".join(line.partition(",")[2] + "\n" for line in rows.splitlines())
        done = subprocess.run(
            [runtime_python(self.library), "-c", PREDICT, self.folder / "model", accept],
            env=program_environment(),
            input=body,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout.splitlines()[-1])


Train = Callable[..., Trained]


@pytest.fixture
def train(tmp_path: Path) -> Train:
    """Train on files, by their path below `/opt/ml/input/data`."""

    def run(library: str, files: Mapping[str, str], **hyperparameters: Any) -> Trained:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        for path, content in files.items():
            file = folder / "input/data" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        documents: Mapping[str, Any] = {
            "hyperparameters": {name: str(value) for name, value in hyperparameters.items()},
            "inputdataconfig": {path.split("/")[0]: {"ContentType": "text/csv"} for path in files},
            "resourceconfig": {"current_host": "algo-1", "hosts": ["algo-1"]},
        }
        (folder / "input/config").mkdir(parents=True)
        for name, document in documents.items():
            (folder / f"input/config/{name}.json").write_text(json.dumps(document))
        done = subprocess.run(
            [runtime_python(library), "-m", "outcrop_runtime.boosted_trees", library],
            env=program_environment(SAGEMAKER_BASE_DIR=str(folder), OMP_NUM_THREADS="1"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Trained(library, folder, done.returncode, done.stdout)

    return run


@pytest.mark.parametrize("library", LIBRARIES)
def test_targets_are_classes_or_numbers(train: Train, library: str) -> None:
    more = {ROUNDS[library]: 60, "learning_rate": 0.2}
    asked = table(side, 50, seed=1)

    two = train(library, {"train/a.csv": table(side), "validation/a.csv": table(side)}, **more)
    numbers = train(library, {"training/a.csv": table(height)}, **more)

    assert (two.exit_code, numbers.exit_code) == (0, 0), two.log + numbers.log
    told = two.answer(asked, "application/json;verbose")
    assert told["labels"] == [2.0, 5.0]
    right = [
        str(int(one)) == line[0]
        for one, line in zip(told["predicted_label"], asked.splitlines(), strict=True)
    ]
    assert sum(right) / 50 >= 0.9
    assert all(sum(row) == pytest.approx(1) for row in told["probabilities"])
    assert two.answer(asked).keys() == {"probabilities"}
    rows = table(height, 50, seed=1)
    true = [float(line.partition(",")[0]) for line in rows.splitlines()]
    found = numbers.answer(rows)["prediction"]
    assert sum(abs(a - b) for a, b in zip(true, found, strict=True)) / 50 < 2


@pytest.mark.parametrize("library", LIBRARIES)
def test_columns_may_be_categories_and_early_stopping_ends(train: Train, library: str) -> None:
    files = {
        "train/a.csv": table(kind_of),
        "train/categorical_index.json": '{"cat_index_list":[3]}',
    }

    trained = train(library, files, learning_rate=0.5, **{ROUNDS[library]: 3000})

    assert trained.exit_code == 0, trained.log
    assert f"{library}: 320 rows of 3 columns" in trained.log
    assert re.search(r"multi_logloss: |MultiClass: bestTest = ", trained.log)
    asked = table(kind_of, 20, seed=1)
    told = trained.answer(asked, "application/json;verbose")
    assert [str(int(one)) for one in told["predicted_label"]] == [
        line[0] for line in asked.splitlines()
    ]


def test_what_cannot_be_trained_fails_with_the_reason(train: Train) -> None:
    rows = table(side)

    assert train("lightgbm", {"train/a.csv": rows}, leaves=3).failure == (
        "Additional hyperparameters are not allowed ('leaves' was unexpected) (caused by"
        " ValidationError)"
    )
    assert train("lightgbm", {"test/a.csv": rows}).failure == (
        "A channel 'train' or 'training' is needed, 'validation' may be there; the job's channels"
        " are: test."
    )
    assert train("lightgbm", {"train/a.csv": "a,b\n1,2\n"}).failure.startswith(
        "The channel train: First line 'a,b...' of file 'a.csv'"
    )
