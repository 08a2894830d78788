"""The process that holds EfficientNet-Lite0, and NanoDet if it is there.

Run by `EfficientNetImageLabeler`.
"""

import threading
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from outcrop.engines.image_labels.nanodet import NanoDet
from outcrop.engines.image_labels.taxonomy import Taxonomy, Word
from outcrop.engines.media.images import read_image
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame
from outcrop.engines.workers.onnx_sessions import OnnxModel
from outcrop.weights.tfjs_weights import NotTfjsError

SIDE = 224
MARGIN = 32
"""What the centre crop leaves of the shorter side, in pixels of a picture of 256."""
CROP = 0.8
"""Of the width and the height of a picture: what each of the four parts in its corners has."""
MEAN, SPREAD = 0.498, 0.502
"""Of the values that the model was trained on, as parts of 255: 127 and 128.

Source: https://github.com/tensorflow/tpu/blob/master/models/official/efficientnet/lite/
efficientnet_lite_builder.py
"""


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Load the models."""
    report({"loading": config["model"]})
    model = OnnxModel(Path(config["model"]))
    detector = _detector(config)
    taxonomy = Taxonomy()
    turn = threading.Lock()

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer an image with its labels, the likeliest first, or with vectors of it."""
        pixels = read_image(request.blob)
        if "vectors" in request.value:
            parts = _parts(pixels, with_crops=request.value["with_crops"])
            with turn:
                features = model.run(parts)["features"]
            height, width = pixels.shape[:2]
            about = {"width": width, "height": height, "dimensions": features.shape[1]}
            yield Frame(about, features.astype("<f4").tobytes())
            return
        views = _views(pixels)
        with turn:  # Each run takes all processors.
            logits = model.run(views)["logits"]
            found = detector.find(pixels) if detector else []
        scores = taxonomy.scores(_probabilities(logits))
        instances: dict[str, list[list[float]]] = {}
        for each in found:
            name = taxonomy.objects[each.number]
            taxonomy.raise_scores(scores, name, each.score)
            left, top, right, bottom = each.box.tolist()
            place = [each.score, left, top, right - left, bottom - top]
            instances.setdefault(name, []).append(place)
        order: list[int] = np.argsort(-scores, kind="stable").tolist()
        least: float = request.value["least_score"]
        yield Frame(
            [
                _told(taxonomy.words[place], float(scores[place]), instances)
                for place in order
                if scores[place] >= least
            ]
        )

    return child.Ready(handle=handle)


def _detector(config: Any) -> NanoDet | None:
    try:
        return NanoDet(Path(config["detector"])) if "detector" in config else None
    except NotTfjsError as error:
        raise child.RefusedError("load", str(error)) from error


def _told(word: Word, score: float, instances: Mapping[str, list[list[float]]]) -> list[Any]:
    """Return a label as the front takes it."""
    places = instances.get(word.name, [])
    return [word.name, score, word.parents, word.aliases, word.category, places]


def _views(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return what the model sees of a picture: float32, (views, 3, 224, 224).

    The centre as it was trained on, that in a mirror, and the whole picture.
    """
    image = Image.fromarray(pixels)
    side = min(image.size) * SIDE / (SIDE + MARGIN)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    centre = _values(image, (left, top, left + side, top + side))
    whole = _values(image, (0, 0, image.width, image.height))
    return np.stack((centre, np.flip(centre, axis=2), whole))


def _parts(pixels: npt.NDArray[np.uint8], *, with_crops: bool) -> npt.NDArray[np.float32]:
    """Return a picture and the parts in its corners as the model sees them: (parts, 3, 224, 224).

    None of them is mirrored: what a user tells apart may be left and right.
    """
    image = Image.fromarray(pixels)
    boxes = [(0.0, 0.0, float(image.width), float(image.height))]
    if with_crops:
        width, height = image.width * CROP, image.height * CROP
        boxes += [
            (left, top, left + width, top + height)
            for left in (0.0, image.width - width)
            for top in (0.0, image.height - height)
        ]
    return np.stack([_values(image, box) for box in boxes])


def _values(image: Image.Image, box: tuple[float, float, float, float]) -> npt.NDArray[np.float32]:
    resized = image.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=box)
    values = (np.asarray(resized, np.float32) / np.float32(255) - MEAN) / SPREAD
    return values.astype(np.float32).transpose(2, 0, 1)


def _probabilities(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the mean over the views of what they say of each class: (classes,)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).mean(axis=0)


if __name__ == "__main__":
    child.serve(start)
