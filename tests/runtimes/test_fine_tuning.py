"""Hugging Face's image without a script: a transformer learns to classify texts."""

import io
import json
import random
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.runtimes.algorithm_jobs import AlgorithmJob, Ended, run_jobs
from tests.tiny_transformer import tiny_transformer

pytestmark = pytest.mark.slow  # The runtime is 190 MB over PyTorch's.

JSON = "application/json"
WORDS = {"gloomy": ["rain", "fog", "cold", "grey"], "cheerful": ["sun", "warm", "blue", "light"]}
NEUTRAL = ["and", "the"]
ASKED = json.dumps({"inputs": ["fog and cold and rain", "the blue light and the sun"]})


def lines(count: int, seed: int) -> str:
    """Return lines of a label and a text."""
    chance = random.Random(seed)
    found: list[str] = []
    for number in range(count):
        label = ("gloomy", "cheerful")[number % 2]
        text = " ".join(chance.choice([*WORDS[label], *NEUTRAL]) for _ in range(8))
        found.append(f"__label__{label} {text}\n")
    return "".join(found)


def as_csv(text: str) -> str:
    rows = [line.removeprefix("__label__").replace(" ", ",", 1) for line in text.splitlines()]
    return "\n".join(["label,text", *rows])


def archive(folder: Path) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as tar:
        tar.add(folder, arcname=".")
    return written.getvalue()


def run(folder: Path, jobs: Mapping[str, AlgorithmJob]) -> Mapping[str, Ended]:
    return run_jobs(
        folder,
        jobs,
        runtime="huggingface-pytorch",
        module="outcrop_runtime.fine_tuning.job",
        framework="hugging_face",
    )


def test_a_model_learns_texts_and_goes_on_from_an_archive(tmp_path: Path) -> None:
    words = [word for some in (*WORDS.values(), NEUTRAL) for word in some]
    files = tiny_transformer(tmp_path / "tiny", words)
    model = {f"model/{name}": content for name, content in files.items()}
    learning: Mapping[str, Any] = {"epochs": 4, "learning_rate": 0.01, "train_batch_size": 16}
    job = AlgorithmJob(
        files={
            "train/rows.csv": as_csv(lines(160, 0)),
            "test/rows.csv": as_csv(lines(40, 1)),
            **model,
        },
        hyperparameters=learning,
        asked=[(ASKED, JSON, JSON)],
    )

    first = run(tmp_path / "first", {"one": job})["one"]

    assert first.code == 0, first.failure
    assert "BertForSequenceClassification learns 2 classes: cheerful, gloomy" in first.log
    assert first.metrics(r"tested test:loss=\S+ test:accuracy=(\S+)") == [1.0]
    told = json.loads(first.answers[0])
    assert [one["label"] for one in told] == ["gloomy", "cheerful"]
    assert min(one["score"] for one in told) > 0.9

    # So low a rate changes nothing: what it knows is what it began with.
    idle = {"epochs": 1, "learning_rate": 1e-9}
    jobs = {
        "again": AlgorithmJob(
            files={
                "train/lines": lines(40, 2),
                "model/model.tar.gz": archive(first.folder / "model"),
            },
            hyperparameters=idle,
        ),
        "new": AlgorithmJob(
            files={
                "train/gloomy/1.txt": "rain and fog",
                "train/cheerful/1.txt": "the blue sun",
                "train/mixed/1.txt": "the sun and rain",
                "model/model.tar.gz": archive(first.folder / "model"),
            },
            hyperparameters=idle,
        ),
        "none": AlgorithmJob(files={"train/rows.csv": as_csv(lines(4, 0))}, hyperparameters={}),
        "missing": AlgorithmJob(
            files={"train/rows.csv": as_csv(lines(4, 0)), "model/readme.md": "nothing"},
            hyperparameters={},
        ),
        "columns": AlgorithmJob(
            files={"train/rows.csv": "label,one,two\na,b,c\nd,e,f\n", **model}, hyperparameters={}
        ),
        "names": AlgorithmJob(
            files={"train/rows.csv": as_csv(lines(4, 0)), **model}, hyperparameters={"epoch": 1}
        ),
    }
    found = run(tmp_path / "then", jobs)

    assert found["again"].metrics(r"validation:accuracy=(\S+)") == [1.0, 1.0]
    assert "learns 3 classes: cheerful, gloomy, mixed" in found["new"].log
    assert found["new"].code == 0
    assert found["none"].failure == (
        "Fine-tuning begins with a model: give it in the channel `model`, as save_pretrained leaves"
        " it or as model.tar.gz, or name one of a hub by the hyperparameter model_name_or_path. A"
        " job with a script has `entry_point`."
    )
    assert "cannot be loaded" in found["missing"].failure
    assert found["columns"].failure == (
        "Which column has the texts? Name one by the hyperparameter `text`; there are: one, two."
    )
    assert found["names"].failure == (
        "Additional hyperparameters are not allowed ('epoch' was unexpected) (caused by"
        " ValidationError)"
    )
