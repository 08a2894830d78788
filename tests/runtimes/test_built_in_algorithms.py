"""The built-in algorithms on small tables, what they answer, and what they refuse."""

import json
import math
import random
import re
import struct
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.installed_runtimes import program_environment, runtime_python

PROGRAM = Path(__file__).parent / "programs" / "built_in.py"
CSV, JSON, LINES = "text/csv", "application/json", "application/jsonlines"
RECORDS = "application/x-recordio-protobuf"
UNLABELLED = "text/csv;label_size=0"

Table = Sequence[Sequence[float]]


def points(count: int = 300, seed: int = 0) -> Table:
    chance = random.Random(seed)
    return [[round(chance.gauss(0, 1), 4) for _ in range(3)] for _ in range(count)]


def labelled(rows: Table, label: Callable[..., float]) -> str:
    return csv([[label(*row), *row] for row in rows])


def csv(rows: Table) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def side(x: float, y: float, _: float) -> int:
    return int(x + y > 0)


def third(x: float, *_: float) -> int:
    return int(x > -0.5) + int(x > 0.5)


def plane(x: float, y: float, _: float) -> float:
    return round(30 * x - 5 * y + 100, 4)


def product(x: float, y: float, _: float) -> int:
    return int(x * y > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A job, and what its model is asked."""

    algorithm: str
    files: Mapping[str, str | bytes]
    hyperparameters: Mapping[str, Any]
    content_type: str = CSV
    asked: Sequence[tuple[str, str, str]] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Outcome:
    folder: Path
    code: int
    answers: Sequence[str]
    log: str

    @property
    def failure(self) -> str:
        return (self.folder / "output/failure").read_text()

    def metric(self, name: str) -> float:
        found = re.findall(rf"#quality_metric: host=algo-1, {name} <\w+>=(\S+)", self.log)
        return float(found[-1])

    def predictions(self, number: int = 0) -> Any:
        return json.loads(self.answers[number])["predictions"]


def varint(number: int) -> bytes:
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)


def part(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def record(
    row: Sequence[float], *, columns: Sequence[int] = (), label: float | None = None
) -> bytes:
    """Return a record as protobuf has it; with columns, of those values alone, of five."""
    values = part(1, struct.pack(f"<{len(row)}f", *row))
    if columns:
        values += part(2, b"".join(map(varint, columns))) + part(3, varint(5))
    whole = part(1, part(1, b"values") + part(2, part(2, values)))
    if label is not None:
        tensor = part(2, part(1, struct.pack("<f", label)))
        whole += part(2, part(1, b"values") + part(2, tensor))
    return struct.pack("<II", 0xCED7230A, len(whole)) + whole + bytes(-len(whole) % 4)


ROWS, ASKED = points(), points(40, seed=1)
QUESTION = csv(ASKED)
FAR = [[x + 10, y + 10, z] for x, y, z in ROWS]
JSON_QUESTION = json.dumps({"instances": [{"features": row} for row in ASKED]})
LINES_QUESTION = "\n".join(json.dumps({"features": row}) for row in ASKED)
WORDS = [[2, 3, 1, 0, 0, 0] if n % 2 else [0, 0, 0, 1, 3, 2] for n in range(60)]
SPARSE = json.dumps(
    {"instances": [{"data": {"features": {"keys": [1], "shape": [5], "values": [1.0]}}}]}
)

CASES: Mapping[str, Case] = {
    "two classes": Case(
        algorithm="linear-learner",
        files={"train/a": labelled(ROWS, side), "validation/a": labelled(points(seed=2), side)},
        hyperparameters={"predictor_type": "binary_classifier", "feature_dim": 3},
        asked=[(QUESTION, CSV, JSON), (JSON_QUESTION, JSON, LINES), (LINES_QUESTION, LINES, CSV)],
    ),
    "margins": Case(
        algorithm="linear-learner",
        files={"train/a": labelled(ROWS, side)},
        hyperparameters={"predictor_type": "binary_classifier", "loss": "hinge_loss", "l1": 0.001},
    ),
    "three classes": Case(
        algorithm="linear-learner",
        files={"train/a": labelled(ROWS, third), "test/a": labelled(ROWS, third)},
        hyperparameters={"predictor_type": "multiclass_classifier", "num_classes": 3},
        asked=[(QUESTION, CSV, JSON)],
    ),
    "numbers": Case(
        algorithm="linear-learner",
        files={"train/a": labelled(ROWS, plane), "test/a": labelled(ROWS, plane)},
        hyperparameters={"predictor_type": "regressor"},
        asked=[(QUESTION, CSV, JSON)],
    ),
    "quantiles": Case(
        algorithm="linear-learner",
        files={"train/a": labelled(ROWS, plane)},
        hyperparameters={"predictor_type": "regressor", "loss": "quantile_loss", "quantile": 0.9},
    ),
    "clusters": Case(
        algorithm="kmeans",
        files={"train/a": csv(ROWS), "train/b": csv(FAR), "test/a": csv(ROWS)},
        content_type=UNLABELLED,
        hyperparameters={"k": 2, "feature_dim": 3, "eval_metrics": '["msd","ssd"]'},
        asked=[(csv([ROWS[0], FAR[0]]), CSV, JSON), (csv(ROWS[:1]), CSV, RECORDS)],
    ),
    "components": Case(
        algorithm="pca",
        files={"train/a": csv([[x, 2 * x, z / 100] for x, _, z in ROWS])},
        content_type=UNLABELLED,
        hyperparameters={"num_components": 2, "feature_dim": 3, "mini_batch_size": 50},
        asked=[("0,0,0\n1,2,0\n", CSV, JSON)],
    ),
    "neighbors": Case(
        algorithm="knn",
        files={"train/a": labelled(ROWS, side), "test/a": labelled(ASKED, side)},
        hyperparameters={
            "k": 5,
            "feature_dim": 3,
            "sample_size": 250,
            "predictor_type": "classifier",
        },
        asked=[(QUESTION, CSV, JSON), (csv(ROWS[:1]), CSV, f"{JSON}; verbose=true")],
    ),
    "anomalies": Case(
        algorithm="randomcutforest",
        files={
            "train/a": csv([[0, *row] for row in ROWS]),
            "test/a": csv([*([0, *row] for row in ROWS), [1, 9, 9, 9]]),
        },
        hyperparameters={"feature_dim": 3, "num_trees": 50},
        asked=[("0,0,0\n9,9,9\n", CSV, JSON)],
    ),
    "pairs": Case(
        algorithm="factorization-machines",
        files={"train/a": labelled(ROWS, product), "test/a": labelled(ASKED, product)},
        hyperparameters={
            "feature_dim": 3,
            "num_factors": 2,
            "predictor_type": "binary_classifier",
        },
        asked=[(QUESTION, CSV, JSON)],
    ),
    "sparse records": Case(
        algorithm="factorization-machines",
        files={
            "train/a": b"".join(
                record([1.0], columns=[n % 4 + 1], label=float(n % 4)) for n in range(80)
            )
        },
        content_type=RECORDS,
        hyperparameters={"feature_dim": 5, "num_factors": 2, "predictor_type": "regressor"},
        asked=[(SPARSE, JSON, JSON)],
    ),
    "dense records": Case(
        algorithm="kmeans",
        files={"train/a": b"".join(record(row) for row in [*ROWS, *FAR])},
        content_type="",
        hyperparameters={"k": 2, "feature_dim": 3},
    ),
    "topics": Case(
        algorithm="lda",
        files={"train/a": csv(WORDS)},
        content_type=UNLABELLED,
        hyperparameters={"feature_dim": 6, "num_topics": 2, "mini_batch_size": 60},
        asked=[(csv(WORDS[:2]), CSV, JSON)],
    ),
}

CLUSTERS: Mapping[str, Any] = {"k": 2, "feature_dim": 3}
LINEAR: Mapping[str, Any] = {"predictor_type": "multiclass_classifier", "num_classes": 3}
REFUSED: Mapping[str, tuple[str, Mapping[str, Any], Mapping[str, str | bytes], str]] = {
    "No value(s) were specified for 'feature_dim', 'k' which are required hyperparameter(s)"
    " (caused by ValidationError)": ("kmeans", {}, {"train/a": csv(ROWS)}, UNLABELLED),
    "The value '1' is not valid for the 'k' hyperparameter which expects one of the following: a"
    " number in [2, inf) (caused by ValidationError)": (
        "kmeans",
        {**CLUSTERS, "k": 1},
        {"train/a": csv(ROWS)},
        UNLABELLED,
    ),
    "Additional hyperparameters are not allowed ('depth' was unexpected) (caused by"
    " ValidationError)": ("kmeans", {**CLUSTERS, "depth": 1}, {"train/a": csv(ROWS)}, UNLABELLED),
    "The feature_dim 3 differs from the number of columns of the channel 'train', 2.": (
        "kmeans",
        CLUSTERS,
        {"train/a": csv(ROWS)},
        CSV,
    ),
    "Labels of a multiclass_classifier must be whole numbers from 0 to 2.": (
        "linear-learner",
        LINEAR,
        {"train/a": "5,1,2\n3,4,5\n"},
        CSV,
    ),
    "The rows of the channel 'train' have no labels.": (
        "linear-learner",
        LINEAR,
        {"train/a": csv(ROWS)},
        UNLABELLED,
    ),
    "The loss logistic does not go with the predictor_type multiclass_classifier: give one of"
    " softmax_loss.": (
        "linear-learner",
        {**LINEAR, "loss": "logistic"},
        {"train/a": labelled(ROWS, third)},
        CSV,
    ),
    "Additional properties are not allowed ('more' was unexpected)": (
        "kmeans",
        CLUSTERS,
        {"train/a": csv(ROWS), "more/a": csv(ROWS)},
        UNLABELLED,
    ),
    "Unable to read data channel 'train'. The records are not recordio-protobuf: they begin with"
    " other bytes. Requested content-type is 'application/x-recordio-protobuf'. Please verify the"
    " data matches the requested content-type.": (
        "kmeans",
        CLUSTERS,
        {"train/a": csv(ROWS)},
        RECORDS,
    ),
}


def lay_out(folder: Path, case: Case) -> None:
    for path, content in case.files.items():
        file = folder / "input/data" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    documents: Mapping[str, Any] = {
        "hyperparameters": {name: str(value) for name, value in case.hyperparameters.items()},
        "inputdataconfig": {
            path.split("/")[0]: {"ContentType": case.content_type} for path in case.files
        },
        "resourceconfig": {"current_host": "algo-1", "hosts": ["algo-1"]},
    }
    (folder / "input/config").mkdir(parents=True)
    for name, document in documents.items():
        (folder / f"input/config/{name}.json").write_text(json.dumps(document))


def run(
    folder: Path, cases: Mapping[str, Case], *, runtime: str = "built-in-algorithms"
) -> Mapping[str, Outcome]:
    """Run all cases in one process: most of the time goes to starting it."""
    lines: list[str] = []
    for name, case in cases.items():
        lay_out(folder / name, case)
        told = {"algorithm": case.algorithm, "folder": str(folder / name), "asked": case.asked}
        lines.append(json.dumps(told))
    done = subprocess.run(
        [runtime_python(runtime), "-W", "error", PROGRAM],
        env=program_environment(OMP_NUM_THREADS="1", TQDM_DISABLE="1"),
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    logs = re.split(r"^(?=\S+: \d+ rows of)", done.stdout, flags=re.MULTILINE)[1:]
    outcomes: dict[str, Outcome] = {}
    for name in cases:
        code, answers = json.loads((folder / name / "told.json").read_text())
        log = logs.pop(0) if logs and not code else ""
        outcomes[name] = Outcome(folder / name, code, answers, log)
    return outcomes


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Outcome]:
    found = run(tmp_path_factory.mktemp("jobs"), CASES)
    assert {name: one.code for name, one in found.items()} == dict.fromkeys(CASES, 0)
    return found


def accuracy(found: Sequence[Mapping[str, Any]], label: Callable[..., float]) -> float:
    right = [one["predicted_label"] == label(*row) for one, row in zip(found, ASKED, strict=True)]
    return sum(right) / len(right)


def test_the_linear_learner_tells_classes_and_numbers(outcomes: Mapping[str, Outcome]) -> None:
    two, three, numbers = (outcomes[name] for name in ("two classes", "three classes", "numbers"))

    assert accuracy(two.predictions(), side) >= 0.95
    assert two.metric("validation binary_classification_accuracy") >= 0.95
    assert two.metric("validation objective_loss") < 0.3
    assert accuracy(three.predictions(), third) >= 0.85
    assert three.metric("test multiclass_accuracy") >= 0.85
    assert all(sum(one["score"]) == pytest.approx(1) for one in three.predictions())
    off = [
        abs(one["score"] - plane(*row))
        for one, row in zip(numbers.predictions(), ASKED, strict=True)
    ]
    assert max(off) < 1
    assert numbers.metric("test rmse") < 1
    assert outcomes["margins"].metric("train binary_classification_accuracy") >= 0.95
    assert outcomes["quantiles"].metric("train absolute_loss") < 0.1


def test_all_formats_are_asked_and_answered_alike(outcomes: Mapping[str, Outcome]) -> None:
    two = outcomes["two classes"]

    whole = two.predictions()
    assert [json.loads(line) for line in two.answers[1].splitlines()] == whole
    lines = [line.split(",") for line in two.answers[2].splitlines()]
    assert [(float(score), int(label)) for score, label in lines] == [
        (one["score"], one["predicted_label"]) for one in whole
    ]


def test_k_means_tells_the_closest_center(outcomes: Mapping[str, Outcome]) -> None:
    clusters = outcomes["clusters"]

    near, far = clusters.predictions()
    assert {near["closest_cluster"], far["closest_cluster"]} == {0.0, 1.0}
    assert near["distance_to_cluster"] < 4
    assert clusters.metric("test ssd") == pytest.approx(clusters.metric("test msd") * len(ROWS))
    assert b"closest_cluster" in clusters.answers[1].encode("latin-1")
    assert outcomes["dense records"].metric("train msd") < 4


def test_components_are_sorted_by_rising_singular_values(outcomes: Mapping[str, Outcome]) -> None:
    zero, one = (row["projection"] for row in outcomes["components"].predictions())

    assert abs(one[1] - zero[1]) == pytest.approx(math.sqrt(5), abs=0.01)
    assert abs(one[0] - zero[0]) < 0.01


def test_neighbors_are_told_to_those_who_ask_for_them(outcomes: Mapping[str, Outcome]) -> None:
    neighbors = outcomes["neighbors"]

    assert accuracy(neighbors.predictions(), side) == neighbors.metric("test accuracy") >= 0.9
    assert neighbors.predictions()[0].keys() == {"predicted_label"}
    (verbose,) = neighbors.predictions(1)
    assert len(verbose["labels"]) == len(verbose["distances"]) == 5
    assert verbose["distances"] == sorted(verbose["distances"])


def test_what_is_far_out_scores_high(outcomes: Mapping[str, Outcome]) -> None:
    usual, odd = outcomes["anomalies"].predictions()

    assert odd["score"] > 3 * usual["score"]
    assert outcomes["anomalies"].metric("test recall") == 1


def test_factorization_machines_weigh_pairs(outcomes: Mapping[str, Outcome]) -> None:
    assert accuracy(outcomes["pairs"].predictions(), product) >= 0.85
    assert outcomes["pairs"].metric("test binary_f_beta") >= 0.8
    (told,) = outcomes["sparse records"].predictions()
    assert told == {"score": pytest.approx(0, abs=0.2)}


def test_documents_are_mixtures_of_topics(outcomes: Mapping[str, Outcome]) -> None:
    one, other = (row["topic_mixture"] for row in outcomes["topics"].predictions())

    assert one.index(max(one)) != other.index(max(other))
    assert sum(one) == pytest.approx(1)


def test_what_cannot_be_trained_fails_with_the_reason(tmp_path: Path) -> None:
    cases = {
        str(number): Case(
            algorithm=algorithm,
            files=files,
            hyperparameters=hyperparameters,
            content_type=content_type,
        )
        for number, (algorithm, hyperparameters, files, content_type) in enumerate(REFUSED.values())
    }

    found = [outcome.failure for outcome in run(tmp_path, cases).values()]

    assert found == list(REFUSED)


def test_requests_that_cannot_be_answered_say_why(tmp_path: Path) -> None:
    asked = [
        ("1,2\n", CSV, JSON),
        ('{"rows": []}', JSON, JSON),
        ("a,b,c\n", CSV, JSON),
        ("x", "text/plain", JSON),
        ("1,2,3\n", CSV, "image/png"),
    ]
    case = Case(
        algorithm="kmeans",
        files={"train/a": csv(ROWS)},
        content_type=UNLABELLED,
        hyperparameters=CLUSTERS,
        asked=asked,
    )

    columns, shape, words, unread, unwritten = run(tmp_path, {"one": case})["one"].answers

    assert columns.endswith("the rows have 2 columns, the model has 3.")
    assert shape.startswith("BadRequestError: Unable to evaluate payload provided: JSON must be")
    assert words.startswith("BadRequestError: Unable to evaluate payload provided: First line")
    assert unread.startswith("UnsupportedFormatError: Content type text/plain is not supported")
    assert unwritten.startswith("UnsupportedFormatError: Content type image/png is not supported")
