"""The XGBoost algorithm on data in its forms, and what it says of those it cannot use."""

import json
import math
import random
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.installed_runtimes import program_environment, runtime_python

PREDICT = """
import sys
from pathlib import Path
from outcrop_runtime.serving.frameworks import xgboost_models as framework
model = framework.model_fn(sys.argv[1])
rows = framework.input_fn(sys.stdin.read(), sys.argv[2])
print(framework.output_fn(framework.predict_fn(rows, model), sys.argv[3])[0].decode())
"""
WRITE_PARQUET = """
import json, sys, pyarrow, pyarrow.parquet
table = pyarrow.table({str(n): list(one) for n, one in enumerate(zip(*json.load(sys.stdin)))})
pyarrow.parquet.write_table(table, sys.stdout.buffer)
"""
CSV, LIBSVM, PARQUET = "text/csv", "text/libsvm", "application/x-parquet"


def rows(count: int = 200, seed: int = 0) -> Sequence[Sequence[float]]:
    """Return rows of two kinds, label first, that a line tells apart."""
    chance = random.Random(seed)
    places = [(chance.gauss(0, 1), chance.gauss(0, 1)) for _ in range(count)]
    return [(int(x + y > 0), round(x, 4), round(y, 4)) for x, y in places]


def csv(data: Sequence[Sequence[float]]) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in data)


def libsvm(data: Sequence[Sequence[float]], weight: str = "") -> str:
    return "".join(
        f"{label}{weight} " + " ".join(f"{n}:{cell}" for n, cell in enumerate(cells)) + "\n"
        for label, *cells in data
    )


def parquet(data: Sequence[Sequence[float]]) -> bytes:
    command = [runtime_python("xgboost"), "-c", WRITE_PARQUET]
    given = json.dumps(data).encode()
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


@dataclass(frozen=True, slots=True)
class Trained:
    folder: Path
    exit_code: int
    log: Sequence[str]

    @property
    def failure(self) -> str:
        return (self.folder / "output/failure").read_text()

    def answer(self, body: str, content_type: str, accept: str, **environment: str) -> str:
        """Return what the model answers to a request's body."""
        model = self.folder / "model"
        done = subprocess.run(
            [runtime_python("xgboost"), "-c", PREDICT, model, content_type, accept],
            env=program_environment(**environment),
            input=body,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def predictions(self, body: str, content_type: str = CSV) -> Sequence[float]:
        return [float(one) for one in self.answer(body, content_type, CSV).split(",")]

    def accuracy(self, data: Sequence[Sequence[float]]) -> float:
        found = self.predictions(csv([row[1:] for row in data]))
        right = [(one > 0.5) == row[0] for one, row in zip(found, data, strict=True)]
        return sum(right) / len(right)


Train = Callable[..., Trained]


@pytest.fixture
def train(tmp_path: Path) -> Train:
    """Train on files, by their path below `/opt/ml/input/data`."""

    def run(
        files: Mapping[str, str | bytes],
        content_type: str = CSV,
        stop_at: str = "never",
        **hyperparameters: Any,
    ) -> Trained:
        for path, content in files.items():
            file = tmp_path / "input/data" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        documents: Mapping[str, Any] = {
            "hyperparameters": {name: str(value) for name, value in hyperparameters.items()},
            "inputdataconfig": {
                path.split("/")[0]: {"ContentType": content_type, "TrainingInputMode": "File"}
                for path in files
            },
            "resourceconfig": {"current_host": "algo-1", "hosts": ["algo-1"]},
        }
        (tmp_path / "input/config").mkdir(parents=True, exist_ok=True)
        for name, document in documents.items():
            (tmp_path / f"input/config/{name}.json").write_text(json.dumps(document))
        log: list[str] = []
        with subprocess.Popen(
            [runtime_python("xgboost"), "-m", "outcrop_runtime.xgboost_algorithm"],
            env=program_environment(SAGEMAKER_BASE_DIR=str(tmp_path), OMP_NUM_THREADS="1"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            for line in process.stdout or ():
                log.append(line.rstrip("\n"))
                if line.startswith(stop_at):
                    process.terminate()
        return Trained(tmp_path, process.returncode, log)

    return run


@pytest.mark.parametrize("content_type", [CSV, LIBSVM, PARQUET])
def test_the_algorithm_learns_from_each_content_type(train: Train, content_type: str) -> None:
    write: Mapping[str, Callable[..., str | bytes]] = {CSV: csv, LIBSVM: libsvm, PARQUET: parquet}
    files = {f"train/{n}": write[content_type](rows(seed=n)) for n in (0, 1)}
    files["validation/rows"] = write[content_type](rows(seed=2))

    trained = train(
        files, content_type, num_round=20, objective="binary:logistic", eval_metric="auc,accuracy"
    )

    assert trained.exit_code == 0, trained.log
    assert "Train matrix has 400 rows and 2 columns (algo-1, 400 rows in all)" in trained.log
    assert trained.log[-1].startswith("[19]#011train-auc:")
    assert "#011validation-accuracy:0.9" in trained.log[-1]
    assert trained.accuracy(rows(seed=3)) >= 0.9


def test_libsvm_and_csv_ask_for_the_same(train: Train) -> None:
    trained = train({"train/a": libsvm(rows(), ":1")}, "", num_round=3)
    asked = rows(5, seed=1)

    plain = trained.predictions(csv([row[1:] for row in asked]))
    assert trained.predictions(libsvm(asked), LIBSVM) == plain


def test_the_second_column_of_csv_may_weigh_the_rows(train: Train) -> None:
    data = [(0, 0.001, 1.0), (1, 1000.0, 1.0)] * 20

    trained = train({"train/a": csv(data)}, num_round=10, csv_weights=1, eta=1)

    assert trained.predictions("1.0\n") == [pytest.approx(1.0, abs=0.01)]


def test_early_stopping_keeps_the_best_rounds(train: Train) -> None:
    chance = random.Random(0)
    noise = csv([(chance.randrange(2), chance.random()) for _ in range(100)])
    other = csv([(chance.randrange(2), chance.random()) for _ in range(100)])

    trained = train(
        {"train/a": noise, "validation/b": other},
        num_round=300,
        early_stopping_rounds=5,
        objective="binary:logistic",
        eval_metric="logloss",
    )

    assert trained.exit_code == 0
    assert len([line for line in trained.log if line.startswith("[")]) < 300


def test_training_goes_on_from_its_checkpoints(train: Train, tmp_path: Path) -> None:
    (tmp_path / "checkpoints").mkdir()
    train({"train/a": csv(rows())}, num_round=3)

    trained = train({"train/a": csv(rows())}, num_round=8)

    told = [line.partition("]")[0] for line in trained.log if line.startswith("[")]
    assert told == ["[3", "[4", "[5", "[6", "[7"]
    assert sorted(path.suffix for path in (tmp_path / "checkpoints").iterdir()) == [
        ".3",
        ".4",
        ".5",
        ".6",
        ".7",
    ]


def test_a_job_that_is_stopped_may_leave_the_model_that_it_has(train: Train) -> None:
    trained = train(
        {"train/a": csv(rows())},
        stop_at="[20]",
        num_round=1_000_000,
        objective="binary:logistic",
        save_model_on_termination="true",
    )

    assert trained.exit_code == 0
    assert [path.name for path in (trained.folder / "model").iterdir()] == ["xgboost-model"]
    assert trained.accuracy(rows()) >= 0.95


def test_the_endpoints_environment_selects_what_is_answered(train: Train) -> None:
    trained = train({"train/a": csv(rows())}, num_round=5, objective="binary:logistic")
    selection = "predicted_label, probabilities, predicted_score"
    body = "2.0,2.0\n-2.0,-2.0\n"

    told = trained.answer(body, CSV, "application/json", SAGEMAKER_INFERENCE_OUTPUT=selection)

    high, low = json.loads(told)["predictions"]
    assert [high["predicted_label"], low["predicted_label"]] == [1, 0]
    assert sum(high["probabilities"]) == pytest.approx(1)
    assert high["probabilities"][1] > 0.5 > low["probabilities"][1]
    assert math.isnan(high["predicted_score"])  # Of regressions alone.


REFUSED: Mapping[str, Mapping[str, str]] = {
    "Missing required hyperparameter: num_round": {},
    "Extraneous hyperparameter found: rounds": {"rounds": "2"},
    "Hyperparameter max_depth: could not parse value": {"max_depth": "x"},
    "Hyperparameter eta: 3.0 is not in [0, 1]": {"learning_rate": "3"},
    "Hyperparameter subsample: 0.0 is not in (0, 1]": {"subsample": "0"},
    "Hyperparameter booster: tree is not in ['gbtree', 'gblinear', 'dart']": {"booster": "tree"},
    "Require input for parameter 'num_class' for multi-classification": {
        "objective": "multi:softmax"
    },
    "Metric 'auc' can only be applied for classification and ranking problems.": {
        "eval_metric": "rmse,auc"
    },
    "Metric 'rmse@2' is not supported. Parameter 'eval_metric' with customized threshold should"
    " be one of these options: 'error', 'ndcg', 'map'.": {"eval_metric": "rmse@2"},
    "The tree_method gpu_hist needs XGBoost's build for GPUs; this one runs on processors:"
    " choose hist.": {"tree_method": "gpu_hist"},
    "monotone_constraints can be used only when the tree_method parameter is set to either"
    " 'exact' or 'hist'.": {"monotone_constraints": "(1,0)"},
}
READ = """
import json, sys
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.xgboost_algorithm.hyperparameters import read_hyperparameters
for given in json.load(sys.stdin):
    try:
        print(json.dumps(read_hyperparameters(given)))
    except CannotTrainError as error:
        print(error)
"""


def read(*given: Mapping[str, str]) -> Sequence[str]:
    """Return what is read of each, or why it is refused."""
    command = [runtime_python("xgboost"), "-c", READ]
    told = subprocess.run(
        command,
        env=program_environment(),
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.splitlines()


def test_hyperparameters_are_held_to_what_the_algorithm_allows() -> None:
    rounds = {"num_round": "1"}
    bad = [{**rounds, **given} if given else {} for given in REFUSED.values()]
    good = {
        "num_round": '"7"',
        "reg_lambda": "0.5",
        "eval_metric": "error@0.3, logloss",
        "tree_method": "hist",
        "monotone_constraints": "(1, -1)",
        "interaction_constraints": "[[0, 1], [2]]",
        "sagemaker_region": '"us-east-1"',
    }

    *refused, taken = read(*bad, good)

    assert refused == list(REFUSED)
    assert json.loads(taken) == {
        "num_round": 7,
        "lambda": 0.5,
        "eval_metric": ["error@0.3", "logloss"],
        "tree_method": "hist",
        "monotone_constraints": [1, -1],
        "interaction_constraints": [[0, 1], [2]],
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("y,x\n1,2\n", "Failed to load csv data with exception:\nFirst line 'y,x...' of file 'a'"),
        ("7,2\n1,2\n", "XGB train call failed with exception:\n"),
    ],
)
def test_rows_that_cannot_be_trained_on_are_told(train: Train, content: str, message: str) -> None:
    trained = train({"train/a": content}, num_round=1, objective="binary:logistic")

    assert trained.exit_code == 1
    assert trained.failure.startswith(message)


def test_recordio_is_refused(train: Train) -> None:
    refused = train({"train/a": csv(rows())}, "application/x-recordio-protobuf", num_round=1)

    assert refused.failure.startswith("recordio-protobuf cannot be read here")
