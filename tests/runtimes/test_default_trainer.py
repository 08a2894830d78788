"""What the default trainer makes of data in its forms, and what it says of those it cannot use."""

import json
import random
import struct
import subprocess
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.installed_runtimes import runtime_python
from tests.runtimes.conftest import Train, Trained

WRITE_PARQUET = """
import json, sys, pyarrow, pyarrow.parquet
columns = zip(*json.load(sys.stdin))
table = pyarrow.table(dict(zip(("label", "x", "y"), map(list, columns))))
pyarrow.parquet.write_table(table, sys.stdout.buffer)
"""


def rows(count: int = 120, seed: int = 0) -> Sequence[tuple[str, float, float]]:
    """Return rows of two kinds that a line tells apart."""
    chance = random.Random(seed)
    places = [(chance.gauss(0, 1), chance.gauss(0, 1)) for _ in range(count)]
    return [("high" if x + y > 0 else "low", x + (x + y > 0) * 2, y) for x, y in places]


def csv(data: Sequence[Sequence[Any]], header: str = "") -> str:
    lines = [",".join(map(str, row)) for row in data]
    return "\n".join([header, *lines] if header else lines) + "\n"


def accuracy(trained: Trained, data: Sequence[Sequence[Any]]) -> float:
    """Return how many rows, label first, are predicted as they are."""
    found = trained.labels(csv([row[1:] for row in data]))
    right = sum(label == str(row[0]) for label, row in zip(found, data, strict=True))
    return right / len(data)


def losses(trained: Trained) -> Sequence[float]:
    return [
        float(line.partition("train:loss=")[2].split()[0])
        for line in trained.log.splitlines()
        if line.startswith("epoch=")
    ]


def test_csv_without_names_has_its_label_first(train: Train) -> None:
    trained = train({"train/rows.csv": csv(rows())})

    assert trained.exit_code == 0, trained.log
    assert accuracy(trained, rows(seed=1)) >= 0.9
    assert losses(trained)[-1] < losses(trained)[0] / 2
    model = trained.model
    assert (model["task"], model["classes"]) == ("binary", ["high", "low"])
    assert [column["name"] for column in model["columns"]] == ["column-1", "column-2"]
    assert model["training"]["rows"] == 108  # A tenth is held out.
    assert "channel=train kind=CSV files=1 rows=120 of 120: all rows of its files" in trained.log


def test_csv_with_names_may_have_its_label_anywhere(train: Train) -> None:
    data = [(x, y, label) for label, x, y in rows()]
    trained = train({"train/rows.csv": csv(data, "x,y,target")})

    assert trained.exit_code == 0, trained.log
    assert trained.model["label"] == "target"
    asked = "x,y\n3,3\n-3,-3\n"
    assert trained.labels(asked) == ["high", "low"]
    by_name = '{"instances": [{"y": 3, "x": 3}, {"x": -3, "y": -3}]}'
    answer = trained.answer(by_name, "application/json", "application/json")
    assert answer["content_type"] == "application/json"
    predictions = json.loads(answer["body"])["predictions"]
    assert [one["predicted_label"] for one in predictions] == ["high", "low"]
    assert predictions[0]["score"] == max(predictions[0]["probabilities"].values())
    assert sum(predictions[0]["probabilities"].values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (csv(rows(), "label,0,1"), ["0", "1"]),
        (csv([("yn"[n % 2], n % 2, n) for n in range(40)]), ["column-1", "column-2"]),
        (csv(rows(), "height,x,y"), ["height", "x"]),  # The column y is the label.
    ],
    ids=["numbers for names", "a label for a value", "names that no label has"],
)
def test_names_are_told_from_values(train: Train, text: str, names: Sequence[str]) -> None:
    trained = train({"train/rows.csv": text}, epochs=1)

    assert trained.exit_code == 0, trained.log
    assert [column["name"] for column in trained.model["columns"]] == names


def test_the_label_may_be_named(train: Train) -> None:
    data = [(x, label, y) for label, x, y in rows()]
    trained = train({"train/rows.csv": csv(data)}, label=1, epochs=1)

    assert trained.exit_code == 0, trained.log
    assert trained.model["classes"] == ["high", "low"]


def test_numbers_that_are_no_classes_are_a_regression(train: Train) -> None:
    data = [(round(100 + 3 * x - y, 3), x, y) for _, x, y in rows()]
    trained = train({"train/rows.csv": csv(data), "validation/rows.csv": csv(data)}, epochs=60)

    assert trained.exit_code == 0, trained.log
    assert trained.model["task"] == "regression"
    assert trained.model["training"]["metrics"]["validation:rmse"] < 1
    (answer,) = trained.labels("1,-1\n")
    assert float(answer) == pytest.approx(104, abs=1)


def test_whole_numbers_that_repeat_are_classes_as_they_were_written(train: Train) -> None:
    data = [(3 + 4 * (label == "high"), x, y) for label, x, y in rows()]
    trained = train({"train/rows.csv": csv(data)})

    assert trained.model["classes"] == [3, 7]
    assert trained.labels("3,3\n") == ["7"]


def test_truth_values_are_classes_and_features(train: Train) -> None:
    data = [("True" if label == "high" else "False", x > 0, y) for label, x, y in rows()]
    trained = train({"train/rows.csv": csv(data, "label,is_east,north")}, epochs=2)

    assert trained.exit_code == 0, trained.log
    assert trained.model["classes"] == ["false", "true"]
    assert [column["kind"] for column in trained.model["columns"]] == ["category", "number"]
    answer = trained.answer("[[true, 2], [false, -2]]", "application/json")
    assert answer["body"].splitlines() == ["true", "false"]


def test_words_and_missing_values_are_features(train: Train) -> None:
    chance = random.Random(0)
    data: list[tuple[str, str, str]] = []
    for number in range(160):
        color = chance.choice(["red", "green", "blue"])
        size = "" if number % 10 == 0 else str(chance.random())
        data.append(("warm" if color == "red" else "cold", color, size))
    trained = train({"train/rows.csv": csv(data, "label,color,size")}, **{"batch-size": 8})

    assert trained.exit_code == 0, trained.log
    kinds = [column["kind"] for column in trained.model["columns"]]
    assert kinds == ["category", "number"]
    assert trained.labels("red,0.5\nblue,\nunseen,0.1\n")[:2] == ["warm", "cold"]


def test_parquet_names_its_columns(train: Train) -> None:
    written = subprocess.run(
        [runtime_python("pytorch"), "-c", WRITE_PARQUET],
        input=json.dumps(rows()).encode(),
        capture_output=True,
        check=True,
    ).stdout
    trained = train({"train/part-00000.parquet": written, "train/_SUCCESS": b""})

    assert trained.exit_code == 0, trained.log
    assert trained.labels("3,3\n-3,-3\n") == ["high", "low"]


def test_json_lines_are_objects(train: Train) -> None:
    lines = [json.dumps({"x": x, "y": y, "label": label}) for label, x, y in rows()]
    trained = train({"train/rows.jsonl": "\n".join(lines)})

    assert trained.exit_code == 0, trained.log
    answer = trained.answer('{"x": 3, "y": 3}', "application/jsonlines", "application/jsonlines")
    assert json.loads(answer["body"])["predicted_label"] == "high"


TEXTS = [
    ("good", "what a lovely and charming film"),
    ("good", "lovely, I enjoyed it"),
    ("good", "a charming story, well told, I enjoyed every minute"),
    ("bad", "what a dull and tedious film"),
    ("bad", "tedious, I left early"),
    ("bad", "a dull story, badly told, I hated every minute"),
]
ASKED_TEXTS = "I enjoyed this charming film\na tedious and dull evening\n"


@pytest.mark.parametrize(
    "files",
    [
        {"train/all.csv": csv([(label, f'"{text}"') for label, text in TEXTS * 12], "label,text")},
        {"train/all": "".join(f"__label__{label} {text}\n" for label, text in TEXTS * 12)},
        {f"train/{label}/{number}.txt": text for number, (label, text) in enumerate(TEXTS * 12)},
    ],
    ids=["csv", "labelled lines", "folders"],
)
def test_texts_are_told_apart_by_their_words(train: Train, files: Mapping[str, str]) -> None:
    trained = train(files)

    assert trained.exit_code == 0, trained.log
    answer = trained.answer(ASKED_TEXTS, "text/plain")
    assert answer["body"].splitlines() == ["good", "bad"]


def png(color: tuple[int, int, int], size: int = 16) -> bytes:
    """Return an image that is all of one color."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    pixels = (b"\0" + bytes(color) * size) * size
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(pixels))
        + chunk(b"IEND", b"")
    )


def test_images_lie_in_a_folder_for_each_class(train: Train) -> None:
    chance = random.Random(0)
    shades = [chance.randrange(160, 256) for _ in range(24)]
    files = {f"train/red/{n}.png": png((shade, 20, 20)) for n, shade in enumerate(shades)}
    files |= {f"train/blue/{n}.png": png((20, 20, shade)) for n, shade in enumerate(shades)}
    trained = train(files, epochs=4, **{"image-size": 16})

    assert trained.exit_code == 0, trained.log
    assert trained.model["classes"] == ["blue", "red"]
    assert trained.answer(png((200, 10, 30)), "image/png")["body"] == "red\n"
    assert trained.answer(png((30, 10, 200)), "application/octet-stream")["body"] == "blue\n"
    assert "image" in trained.answer("1,2\n")["error"]


@pytest.mark.parametrize(
    ("files", "hyperparameters", "message"),
    [
        ({"train/_SUCCESS": ""}, {}, "The channel train holds no files."),
        ({"train": "a,1\n"}, {}, "The channel train is no folder of files"),
        ({"train/rows.csv": ""}, {}, "The files of the channel train hold no rows."),
        ({"train/rows.csv": "1\n2\n"}, {}, "The rows have one column: there is no label."),
        ({"train/rows.csv": "a,1\na,2\n"}, {}, "All labels are a: there is nothing to tell apart."),
        ({"train/rows.csv": ",1\n,2\n"}, {}, "No row has a label."),
        (
            {"train/a.csv": "a,1\n", "train/b.jsonl": "[1, 2]\n", "train/c.csv": "a,1\n"},
            {},
            "The channel train holds files of several kinds: CSV (2), JSON lines (1).",
        ),
        ({"a/rows.csv": "a,1\n", "b/rows.csv": "a,1\n"}, {}, "A channel `train` is needed"),
        ({"train/a.png": png((0, 0, 0))}, {}, "The images of the channel train have no label"),
        ({"train/x/a.png": b"no", "train/y/b.png": b"no"}, {}, "not an image that can be read"),
        ({"train/rows.csv": csv(rows())}, {"label": "z"}, "There is no column z for the label"),
        ({"train/rows.csv": csv(rows())}, {"task": "regression"}, "Regression needs labels"),
        (
            {"train/rows.csv": csv(rows()), "validation/rows.csv": "middle,1,2\n"},
            {},
            "middle: no label of the training data.",
        ),
        (
            {"train/rows.csv": csv(rows())},
            {"learning-rat": "1"},
            "The hyperparameter learning-rat is unknown; there are: epochs, batch-size,",
        ),
        (
            {"train/rows.csv": csv(rows())},
            {"epochs": "ten"},
            "The hyperparameter epochs must be a whole number of at least 1, not ten.",
        ),
    ],
)
def test_what_cannot_be_trained_on_is_told(
    train: Train,
    files: Mapping[str, str | bytes],
    hyperparameters: Mapping[str, str],
    message: str,
) -> None:
    trained = train(files, **hyperparameters)

    assert trained.exit_code == 1
    assert message in trained.failure


def test_hyperparameters_come_as_the_sdk_quotes_them(train: Train) -> None:
    trained = train(
        {"train/rows.csv": csv(rows())},
        epochs="2",
        task='"multiclass"',
        batch_size="16",
        sagemaker_region='"us-east-1"',
        _tuning_objective_metric="validation:loss",
    )

    assert trained.exit_code == 0, trained.log
    model = trained.model
    assert (model["task"], model["training"]["batch_size"]) == ("multiclass", 16)
    assert len(losses(trained)) == 2


def test_the_same_seed_gives_the_same_model(train: Train) -> None:
    files = {"train/rows.csv": csv(rows())}
    first, second, other = (train(files, epochs=2, seed=seed).model for seed in (3, 3, 4))

    assert first == second
    assert first["training"]["metrics"] != other["training"]["metrics"]


def test_training_ends_when_the_model_gets_no_better(train: Train) -> None:
    trained = train({"train/rows.csv": csv(rows())}, epochs=500, patience=3, learning_rate=0.05)

    epoch = trained.model["training"]["metrics"]["epoch"]
    assert f"no better model since epoch {epoch}: training ends" in trained.log
    assert len(losses(trained)) == epoch + 3


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        ("1\n", "text/csv", "A row has 1 values; the model takes 2: x, y, without label."),
        ("1,east\n", "text/csv", "column y takes numbers: could not convert string to float"),
        ('{"x": 1}', "application/json", "A row lacks y; the columns are x, y."),
        ('{"x": ', "application/json", "The body is not JSON"),
        ("[[[1], 2]]", "application/json", "A cell is a number, a text or null, not [1]."),
        ("1,2", "application/x-npy", "The content type application/x-npy is not known"),
    ],
)
def test_requests_that_do_not_fit_are_told_why(
    train: Train, body: str, content_type: str, message: str
) -> None:
    trained = train({"train/rows.csv": csv(rows(), "label,x,y")}, epochs=1)

    assert message in trained.answer(body, content_type)["error"]
