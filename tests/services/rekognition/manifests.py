"""Lines of manifests, as GroundTruth writes them."""

import json
import time
from typing import Any

DATE = "2026-03-03T14:35:00.000"


def label(name: str, *, attribute: str = "kind", **metadata: Any) -> dict[str, Any]:
    """Return the members that give an image a label."""
    told = {
        "confidence": 1,
        "class-name": name,
        "human-annotated": "yes",
        "creation-date": DATE,
        "type": "groundtruth/image-classification",
    }
    return {attribute: 1, f"{attribute}-metadata": {**told, **metadata}}


def boxes(*names: str, width: int = 640, height: int = 480, **sides: int) -> dict[str, Any]:
    """Return the members that give an image boxes, one a name."""
    box = {"left": 10, "top": 10, "width": 50, "height": 50, **sides}
    return {
        "box": {
            "image_size": [{"width": width, "height": height, "depth": 3}],
            "annotations": [{"class_id": at, **box} for at in range(len(names))],
        },
        "box-metadata": {
            "objects": [{"confidence": 1} for _ in names],
            "class-map": {str(at): name for at, name in enumerate(names)},
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": DATE,
        },
    }


def line(source: str, *members: dict[str, Any]) -> dict[str, Any]:
    """Return a line: an image and what is said of it."""
    whole: dict[str, Any] = {"source-ref": source}
    for each in members:
        whole |= each
    return whole


def manifest(*lines: dict[str, Any] | str) -> bytes:
    """Return a manifest of lines."""
    texts = [each if isinstance(each, str) else json.dumps(each) for each in lines]
    return "".join(f"{text}\n" for text in texts).encode()


def settled(rekognition: Any, arn: str) -> Any:
    """Ask until a dataset is neither created nor updated, as programs do."""
    deadline = time.monotonic() + 120
    while True:
        told = rekognition.describe_dataset(DatasetArn=arn)["DatasetDescription"]
        if not told["Status"].endswith("_IN_PROGRESS"):
            return told
        assert time.monotonic() < deadline, told
        time.sleep(0.05)


def entries(rekognition: Any, arn: str, **filters: Any) -> list[dict[str, Any]]:
    """Return all entries of a dataset."""
    pages = rekognition.get_paginator("list_dataset_entries").paginate(DatasetArn=arn, **filters)
    return [json.loads(entry) for page in pages for entry in page["DatasetEntries"]]
