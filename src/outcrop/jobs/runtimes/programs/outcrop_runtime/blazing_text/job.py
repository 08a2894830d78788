"""The training of BlazingText from its first line to its last."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import floret

from outcrop_runtime.blazing_text.models import CLASSES, LABEL, VECTORS, WORDS
from outcrop_runtime.blazing_text.parameters import OF_CLASSES, OF_WORDS, SUPERVISED
from outcrop_runtime.built_in.hyperparameters import read_hyperparameters
from outcrop_runtime.training.contract import Channel, Job
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.trained import trained

MANIFEST_TYPE = "application/jsonlines"


def main() -> int:
    """Train, and return the process's exit code."""
    return trained(_train)


def _train(job: Job) -> None:
    given = job.hyperparameters
    is_supervised = given.get("mode", "").strip('"') == SUPERVISED
    wanted = read_hyperparameters(given, OF_CLASSES if is_supervised else OF_WORDS)
    channels = job.channels()
    if "train" not in channels or not set(channels) <= {"train", "validation"}:
        raise CannotTrainError(
            "The channel 'train' is needed, and 'validation' may be there; the job's channels"
            f" are: {', '.join(channels)}."
        )
    if len(job.hosts) > 1:
        raise CannotTrainError("BlazingText trains on one instance here: set InstanceCount to 1.")
    job.model.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        files = {
            name: _written(channel, Path(folder) / name, is_supervised=is_supervised)
            for name, channel in channels.items()
        }
        try:
            if is_supervised:
                _learn_classes(files, wanted, job.model)
            else:
                _learn_words(files["train"], wanted, job.model)
        except ValueError as error:  # What floret says of texts of which nothing is left.
            raise CannotTrainError(f"{error} (min_count is {wanted['min_count']})") from error


def _learn_words(file: Path, wanted: Mapping[str, Any], folder: Path) -> None:
    has_parts = wanted["subwords"]
    model = floret.train_unsupervised(
        str(file),
        model="cbow" if wanted["mode"] == "cbow" else "skipgram",
        lr=wanted["learning_rate"],
        dim=wanted["vector_dim"],
        ws=wanted["window_size"],
        epoch=wanted["epochs"],
        minCount=wanted["min_count"],
        neg=wanted["negative_samples"],
        t=wanted["sampling_threshold"],
        minn=wanted["min_char"] if has_parts else 0,
        maxn=wanted["max_char"] if has_parts else 0,
        bucket=wanted["buckets"] if has_parts else 0,
        verbose=0,
    )
    words = model.get_words()
    print(f"Vocabulary: {len(words)} words of {wanted['vector_dim']} numbers", flush=True)
    model.save_model(str(folder / WORDS))
    with (folder / VECTORS).open("w", encoding="utf-8") as lines:
        lines.write(f"{len(words)} {wanted['vector_dim']}\n")
        for word in words:
            numbers = " ".join(f"{number:.6g}" for number in model.get_word_vector(word))
            lines.write(f"{word} {numbers}\n")


def _learn_classes(files: Mapping[str, Path], wanted: Mapping[str, Any], folder: Path) -> None:
    model = floret.train_supervised(
        str(files["train"]),
        lr=wanted["learning_rate"],
        dim=wanted["vector_dim"],
        epoch=wanted["epochs"],
        minCount=wanted["min_count"],
        wordNgrams=wanted["word_ngrams"],
        bucket=wanted["buckets"] if wanted["word_ngrams"] > 1 else 0,
        verbose=0,
    )
    for name, file in files.items():
        count, precision, _ = model.test(str(file))
        print(f"Number of {name} examples: {count}")
        print(f"#{name}_accuracy: {precision:.4f}", flush=True)
    model.save_model(str(folder / CLASSES))


def _written(channel: Channel, path: Path, *, is_supervised: bool) -> Path:
    """Write a channel's lines into one file, and return its path."""
    if channel.is_pipe:
        raise CannotTrainError("BlazingText reads files here: take the mode File or FastFile.")
    labelled = 0
    with path.open("w", encoding="utf-8") as file:
        for line in _lines(channel):
            labelled += line.startswith(LABEL)
            file.write(f"{line}\n")
    if is_supervised and not labelled:
        raise CannotTrainError(
            f"No line of the channel '{channel.name}' begins with a label: {LABEL}name text …"
        )
    return path


def _lines(channel: Channel) -> Iterator[str]:
    is_manifest = channel.content_type.partition(";")[0].strip() == MANIFEST_TYPE
    for path in channel.files():
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                yield _of_manifest(line) if is_manifest else line.rstrip("\n")


def _of_manifest(line: str) -> str:
    """Return a line of an augmented manifest: `{"source": "the text", "label": 1}`."""
    try:
        row: Mapping[str, Any] = json.loads(line)
        labels = row.get("label", [])
        labels = labels if isinstance(labels, list) else [labels]
        return " ".join([*(f"{LABEL}{label}" for label in labels), row["source"]])
    except (KeyError, TypeError, ValueError) as error:
        raise CannotTrainError(
            f'{line[:50]!r} is no line of JSON as {{"source": "…", "label": …}}.'
        ) from error
