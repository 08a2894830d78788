"""BlazingText on small texts, what it answers, and what it refuses."""

import json
import random
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.installed_runtimes import program_environment, runtime_python

PROGRAM = """
import json, sys
from outcrop_runtime.blazing_text.job import main
from outcrop_runtime.serving.frameworks import blazing_text as framework
from outcrop_runtime.serving.messages import BadRequestError
code = main()
for body, content_type, accept in json.load(sys.stdin) if not code else ():
    try:
        model = framework.model_fn(sys.argv[1])
        asked = framework.input_fn(body, content_type)
        print("told", framework.output_fn(framework.predict_fn(asked, model), accept)[0].decode())
    except BadRequestError as error:
        print("told", error)
sys.exit(code)
"""
JSON, LINES = "application/json", "application/jsonlines"
WORDS = {"gloomy": ["rain", "fog", "cold", "grey"], "cheerful": ["sun", "warm", "blue", "light"]}


def sentences(count: int = 200) -> Sequence[tuple[str, str]]:
    chance = random.Random(0)
    labels = [chance.choice(list(WORDS)) for _ in range(count)]
    return [(label, " ".join(chance.choices(WORDS[label], k=8))) for label in labels]


def run(
    folder: Path,
    files: Mapping[str, str],
    asked: Sequence[tuple[str, str, str]] = (),
    content_type: str = "text/plain",
    **hyperparameters: Any,
) -> tuple[int, str, Sequence[str]]:
    """Train and ask; return the exit code, the log and the answers."""
    for path, content in files.items():
        file = folder / "input/data" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    documents: Mapping[str, Any] = {
        "hyperparameters": {name: str(value) for name, value in hyperparameters.items()},
        "inputdataconfig": {path.split("/")[0]: {"ContentType": content_type} for path in files},
        "resourceconfig": {"current_host": "algo-1", "hosts": ["algo-1"]},
    }
    (folder / "input/config").mkdir(parents=True)
    for name, document in documents.items():
        (folder / f"input/config/{name}.json").write_text(json.dumps(document))
    done = subprocess.run(
        [runtime_python("blazingtext"), "-c", PROGRAM, folder / "model"],
        env=program_environment(SAGEMAKER_BASE_DIR=str(folder)),
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    answers = [line.removeprefix("told ") for line in lines if line.startswith("told ")]
    return done.returncode, done.stdout + done.stderr, answers


@pytest.mark.parametrize("kind", ["text/plain", LINES])
def test_texts_are_told_apart(tmp_path: Path, kind: str) -> None:
    rows = sentences()
    text = "\n".join(f"__label__{label} {words}" for label, words in rows)
    if kind == LINES:
        lines = [json.dumps({"source": words, "label": label}) for label, words in rows]
        text = "\n".join(lines)
    asked = [
        (json.dumps({"instances": ["fog rain", "sun light"]}), JSON, JSON),
        (json.dumps({"instances": ["fog"], "configuration": {"k": 2}}), JSON, LINES),
        ('{"source": "warm sun"}\n', LINES, LINES),
        ("{}", JSON, JSON),
    ]

    code, log, answers = run(
        tmp_path,
        {"train/a.txt": text, "validation/a.txt": text},
        asked,
        kind,
        mode="supervised",
        epochs=20,
        vector_dim=10,
        buckets=1000,
        learning_rate=0.5,
    )

    assert code == 0, log
    assert "#validation_accuracy: 1.0000" in log
    assert [one["label"] for one in json.loads(answers[0])] == [
        ["__label__gloomy"],
        ["__label__cheerful"],
    ]
    two = json.loads(answers[1])
    assert two["label"] == ["__label__gloomy", "__label__cheerful"]
    assert two["prob"] == sorted(two["prob"], reverse=True)
    assert json.loads(answers[2])["label"] == ["__label__cheerful"]
    assert answers[3].startswith('The body must be {"instances": ["…"]}')


def test_words_have_vectors(tmp_path: Path) -> None:
    text = "\n".join(words for _, words in sentences())
    asked = [(json.dumps({"instances": ["rain", "never"]}), JSON, JSON)]

    code, log, answers = run(
        tmp_path, {"train/a": text}, asked, mode="batch_skipgram", vector_dim=8
    )

    assert code == 0, log
    known, unknown = json.loads(answers[0])
    assert (known["word"], len(known["vector"])) == ("rain", 8)
    assert unknown == {"word": "never", "vector": [0.0] * 8}
    lines = (tmp_path / "model/vectors.txt").read_text().splitlines()
    assert {line.split()[0] for line in lines[1:]} >= {
        word for all_ in WORDS.values() for word in all_
    }
    assert lines[0].endswith(" 8")


@pytest.mark.parametrize(
    ("text", "hyperparameters", "reason"),
    [
        ("a b c", {}, "No value(s) were specified for 'mode' which are required hyperparameter(s)"),
        ("a b c", {"mode": "supervised"}, "No line of the channel 'train' begins with a label"),
        ("a b c", {"mode": "cbow", "word_ngrams": 2}, "('word_ngrams' was unexpected)"),
        ("a b c", {"mode": "cbow"}, "(min_count is 5)"),
    ],
)
def test_what_cannot_be_trained_fails_with_the_reason(
    tmp_path: Path, text: str, hyperparameters: Mapping[str, Any], reason: str
) -> None:
    code, log, _ = run(tmp_path, {"train/a": text}, **hyperparameters)

    assert code == 1, log
    assert reason in (tmp_path / "output/failure").read_text()
