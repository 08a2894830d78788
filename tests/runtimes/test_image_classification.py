"""Image classification: handwritten digits and photographs, in each of AWS's formats."""

import hashlib
import io
import json
import struct
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.pictures import digits, photographs, png
from tests.runtimes.algorithm_jobs import AlgorithmJob, Content, Ended, run_jobs

JSON, LINES = "application/json", "application/jsonlines"
IMAGE, RECORDS = "application/x-image", "application/x-recordio"
BLACK, WHITE = png(bytes(64), 8), png(b"\xff" * 64, 8)
STEM = "8ba97205755881fe71b6c14e8e59112d4ab77894047ba6aeffe234055f03eba3"
"""Of the first filters of EfficientNet-Lite0's published weights."""
SMALL: Mapping[str, Any] = {
    "num_classes": 2,
    "num_training_samples": 8,
    "num_layers": 20,
    "image_shape": "3,8,8",
    "mini_batch_size": 4,
    "epochs": 1,
}


def listed(channel: str, samples: Iterable[tuple[int, bytes]]) -> Mapping[str, Content]:
    """Return the files of samples, and their list."""
    files: dict[str, Content] = {}
    lines: list[str] = []
    for number, (label, image) in enumerate(samples):
        files[f"{channel}/images/{number}.png"] = image
        lines.append(f"{number}\t{label}\timages/{number}.png\n")
    return {**files, f"{channel}_lst/images.lst": "".join(lines)}


def records(parts: Iterable[bytes]) -> bytes:
    return b"".join(
        struct.pack("<II", 0xCED7230A, len(part)) + part + bytes(-len(part) % 4) for part in parts
    )


def of_mxnet(samples: Iterable[tuple[int, bytes]]) -> bytes:
    return records(
        struct.pack("<IfQQ", 0, label, n, 0) + it for n, (label, it) in enumerate(samples)
    )


TYPES: Mapping[str, str] = dict.fromkeys(
    ("train", "validation", "train_lst", "validation_lst"), IMAGE
)


def run(folder: Path, jobs: Mapping[str, AlgorithmJob]) -> Mapping[str, Ended]:
    return run_jobs(
        folder,
        jobs,
        runtime="image-classification",
        module="outcrop_runtime.image_classification.job",
        framework="image_classification",
    )


def archive(folder: Path) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as tar:
        tar.add(folder, arcname=".")
    return written.getvalue()


def test_digits_are_told_and_training_goes_on_from_a_model(tmp_path: Path) -> None:
    samples = digits()
    train, held_out = samples[:800], samples[800:1000]
    wanted = {
        **SMALL,
        "num_classes": 10,
        "num_training_samples": 800,
        "image_shape": "1,8,8",
        "mini_batch_size": 32,
        "epochs": 2,
        "optimizer": "adam",
        "learning_rate": 0.003,
        "top_k": 3,
    }
    job = AlgorithmJob(
        files={**listed("train", train), **listed("validation", held_out)},
        content_types=TYPES,
        hyperparameters=wanted,
        asked=[
            *((image, IMAGE, JSON) for _, image in held_out),
            (held_out[0][1], "image/png", LINES),
            (b"no image", IMAGE, JSON),
        ],
    )

    first = run(tmp_path / "first", {"one": job})["one"]

    assert first.code == 0, first.failure
    accuracies = first.metrics(r"Epoch\[\d\] Validation-accuracy=(\S+)")
    assert len(accuracies) == 2
    assert max(accuracies) >= 0.9
    assert min(first.metrics(r"Epoch\[1\] \w+-top_k_accuracy_3=(\S+)")) > 0.95
    told = [json.loads(answer) for answer in first.answers[:200]]
    assert all(sum(one) == pytest.approx(1) for one in told)
    right = [one.index(max(one)) == label for one, (label, _) in zip(told, held_out, strict=True)]
    assert sum(right) / 200 == pytest.approx(max(accuracies), abs=0.011)
    assert json.loads(first.answers[200]) == {"prediction": pytest.approx(told[0])}
    assert first.answers[201].startswith(
        "BadRequestError: Unable to evaluate payload provided: not"
    )

    again = AlgorithmJob(
        files={
            **listed("train", train[:100]),
            **listed("validation", held_out),
            "model/model.tar.gz": archive(first.folder / "model"),
        },
        content_types={**TYPES, "model": "application/x-sagemaker-model"},
        hyperparameters={**wanted, "epochs": 1, "learning_rate": 0.001},
    )
    other = AlgorithmJob(
        files=again.files,
        content_types=again.content_types,
        hyperparameters={**wanted, "num_layers": 32},
    )
    found = run(tmp_path / "then", {"again": again, "other": other})

    (accuracy,) = found["again"].metrics(r"Epoch\[0\] Validation-accuracy=(\S+)")
    assert accuracy >= max(accuracies) - 0.02
    assert found["other"].failure == (
        "The model of the channel 'model' has other settings: num_layers, image_shape, num_classes"
        " and multi_label must be as they were."
    )


def stem(folder: Path) -> str:
    """Return the digest of a model's first filters, by the format of safetensors."""
    content = (folder / "model/image-classification.safetensors").read_bytes()
    (length,) = struct.unpack_from("<Q", content)
    start, end = json.loads(content[8 : 8 + length])["body.0.0.0.weight"]["data_offsets"]
    return hashlib.sha256(content[8 + length + start : 8 + length + end]).hexdigest()


@pytest.mark.slow  # Its network is large for processors.
def test_photographs_are_told_by_weights_of_imagenet(tmp_path: Path) -> None:
    parts = photographs()
    samples = [(label, one) for label, name in enumerate(parts) for one in parts[name]]
    kept = AlgorithmJob(
        files={"train/a.rec": of_mxnet(samples[::2]), "validation/a.rec": of_mxnet(samples[1::2])},
        content_types={"train": RECORDS, "validation": RECORDS},
        hyperparameters={
            "num_classes": 2,
            "num_training_samples": 20,
            "num_layers": 18,
            "image_shape": "3,64,64",
            "mini_batch_size": 10,
            "epochs": 1,
            "learning_rate": 0,
            "weight_decay": 0,
            "use_pretrained_model": 1,
            "augmentation_type": "crop_color_transform",
        },
    )
    tuned = AlgorithmJob(
        files=kept.files,
        content_types=kept.content_types,
        hyperparameters={
            **kept.hyperparameters,
            "epochs": 4,
            "optimizer": "adam",
            "learning_rate": 0.001,
            "augmentation_type": "crop",
        },
        asked=[(parts["china"][1], "image/jpeg", JSON), (parts["flower"][1], "image/jpeg", JSON)],
    )

    found = run(tmp_path, {"kept": kept, "tuned": tuned})

    assert {one.code for one in found.values()} == {0}
    log = found["kept"].log
    assert "EfficientNet-Lite0, begun with weights of ImageNet in place of a ResNet's" in log
    assert stem(found["kept"].folder) == STEM
    assert stem(found["tuned"].folder) != STEM
    assert max(found["tuned"].metrics(r"Validation-accuracy=(\S+)")) >= 0.85
    china, flower = map(json.loads, found["tuned"].answers)
    assert china[0] > 0.5
    assert flower[1] > 0.5


def test_manifests_come_by_a_pipe_with_several_labels(tmp_path: Path) -> None:
    gray = png(b"\x80" * 64, 8)
    pairs = [(WHITE, "[0]"), (BLACK, "[1]"), (gray, "[0, 1]")] * 4
    content = records(part for image, label in pairs for part in (image, label.encode()))
    by_number: Mapping[str, str] = dict.fromkeys(
        ("train", "validation"), f"{RECORDS}; label-format=class-id"
    )
    wanted = {**SMALL, "num_training_samples": 12, "multi_label": 1, "use_weighted_loss": 1}
    many = AlgorithmJob(
        files={"train_0": content, "validation_0": content},
        pipes=("train", "validation"),
        content_types=by_number,
        hyperparameters={**wanted, "epochs": 12, "learning_rate": 0.01, "optimizer": "adam"},
        asked=[(WHITE, IMAGE, JSON), (BLACK, IMAGE, JSON), (gray, IMAGE, JSON)],
    )
    hot = records(
        part for image, label in ((WHITE, "1"), (BLACK, "0")) for part in (image, label.encode())
    )
    one = AlgorithmJob(
        files={"train_0": hot, "validation_0": hot},
        pipes=("train", "validation"),
        content_types={"train": IMAGE, "validation": IMAGE},
        hyperparameters=SMALL,
    )

    found = run(tmp_path, {"many": many, "one": one})

    assert [found[name].code for name in found] == [0, 0], found["many"].failure
    white, black, both = map(json.loads, found["many"].answers)
    assert [[n > 0.5 for n in told] for told in (white, black, both)] == [
        [True, False],
        [False, True],
        [True, True],
    ]
    assert "num_training_samples is 8; there are 2." in found["one"].log


def pair(train: Mapping[str, Content]) -> Mapping[str, Content]:
    return {
        **listed("train", [(0, BLACK), (1, WHITE)]),
        **listed("validation", [(0, BLACK)]),
        **train,
    }


REFUSED: Sequence[tuple[Mapping[str, Any], Mapping[str, Content], str]] = [
    (
        {"epochs": 1},
        pair({}),
        "No value(s) were specified for 'num_classes', 'num_training_samples' which are required"
        " hyperparameter(s) (caused by ValidationError)",
    ),
    (
        {**SMALL, "num_layers": 21},
        pair({}),
        "The value '21' is not valid for the 'num_layers' hyperparameter which expects one of the"
        " following: 18, 34, 50, 101, 152, 200, 20, 32, 44, 56, 110 (caused by ValidationError)",
    ),
    (
        SMALL,
        listed("train", [(0, BLACK)]),
        "Unable to initialize the algorithm. Failed to validate input data configuration. (caused"
        " by ValidationError)\n\nCaused by: 'validation' is a required property",
    ),
    (
        SMALL,
        pair({"train_lst/images.lst": "0\t2\timages/0.png\n"}),
        "Line 1 of images.lst has the label 2: labels are whole numbers from 0 to 1.",
    ),
    (
        SMALL,
        pair({"train_lst/images.lst": "0\t1\timages/9.png\n"}),
        "Line 1 of images.lst names images/9.png, which is not in the channel 'train'.",
    ),
    (
        {**SMALL, "use_pretrained_model": 1},
        pair({}),
        "use_pretrained_model=1 needs images of three channels and num_layers of 18, 34, 50, 101,"
        " 152, 200.",
    ),
]


def test_what_cannot_be_trained_fails_with_the_reason(tmp_path: Path) -> None:
    jobs = {
        str(number): AlgorithmJob(files=files, content_types=TYPES, hyperparameters=wanted)
        for number, (wanted, files, _) in enumerate(REFUSED)
    }
    jobs["records"] = AlgorithmJob(
        files={"train/a.rec": b"no records at all", "validation/a.rec": b""},
        content_types={"train": RECORDS, "validation": RECORDS},
        hyperparameters=SMALL,
    )

    *found, broken = [one.failure for one in run(tmp_path, jobs).values()]

    assert found == [message for _, _, message in REFUSED]
    assert broken.startswith("a.rec is no RecordIO of MXNet's, as its im2rec writes it: ")
