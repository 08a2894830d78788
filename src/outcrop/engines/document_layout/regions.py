"""Finds the parts of a page: PicoDet, trained on CDLA.

Source: https://arxiv.org/abs/2111.00902
Source: https://github.com/buptlihang/CDLA
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from outcrop.engines.media.places import area, share_of_smaller
from outcrop.engines.workers.child import RefusedError
from outcrop.engines.workers.onnx_sessions import OnnxModel

Pixels: TypeAlias = npt.NDArray[np.uint8]
"""uint8, (height, width, 3), RGB."""
PixelBox: TypeAlias = npt.NDArray[np.float32]
"""float32, (4,): left, top, right, bottom."""

HEIGHT, WIDTH = 800, 608
"""Of the network's picture."""
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
STRIDES = (8, 16, 32, 64)
LEAST_SCORE = 0.4
SAME_SHARE = 0.6
"""Of two regions that share more of the smaller one than this, the surer stays."""
PART_SHARE = 0.5
"""Unless it is a part of the other, of the same kind, and smaller than this."""


@dataclass(frozen=True, slots=True)
class FoundRegion:
    """A region in the pixels of its page."""

    kind: str
    score: float
    box: PixelBox


class RegionFinder:
    """A loaded network."""

    def __init__(self, model: Path) -> None:
        """Load it.

        Raises:
            RefusedError: It cannot be loaded, or does not say which regions it knows.
        """
        self._model = OnnxModel(model)
        kinds = self._model.metadata.get("character")
        if kinds is None:
            raise RefusedError("load", f"{model} does not say which regions it knows.")
        self._kinds: list[str] = kinds.split("\n")

    def find(self, page: Pixels) -> list[FoundRegion]:
        """Return the regions of a page, the surest first."""
        boxes, scores = self._boxes(page)
        best = scores.argmax(axis=1)
        sure = scores.max(axis=1)
        height, width = page.shape[:2]
        scale = np.array([width / WIDTH, height / HEIGHT] * 2, np.float32)
        limit = np.array([width, height] * 2, np.float32)
        kept: list[FoundRegion] = []
        for place in np.argsort(-sure).tolist():
            if sure[place] < LEAST_SCORE:
                break
            box = np.clip(boxes[place] * scale, 0, limit)
            kind = self._kinds[int(best[place])]
            _keep(kept, FoundRegion(kind, float(sure[place]), box))
        return kept

    def _boxes(self, page: Pixels) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return boxes, (places, 4), and scores, (places, kinds), of all places."""
        resized = cv2.resize(page, (WIDTH, HEIGHT))
        # The network was trained on BGR, though its means are those of RGB.
        given = (np.asarray(resized, np.float32)[..., ::-1] / 255 - MEAN) / DEVIATION
        outputs = self._model.run(given.transpose(2, 0, 1)[None].astype(np.float32))
        by_places = sorted(outputs.values(), key=lambda each: -each.shape[1])
        scores = [each[0] for each in by_places if each.shape[2] == len(self._kinds)]
        sides = [each[0] for each in by_places if each.shape[2] != len(self._kinds)]
        boxes = [_decoded(each, stride) for each, stride in zip(sides, STRIDES, strict=True)]
        return np.concatenate(boxes), np.concatenate(scores)


def _keep(kept: list[FoundRegion], region: FoundRegion) -> None:
    """Add a region to surer ones unless it is one of them, or put it in the place of its part."""
    same = [other for other in kept if share_of_smaller(region.box, other.box) >= SAME_SHARE]
    if not same:
        kept.append(region)
    elif len(same) == 1 and _is_part(same[0], region):
        kept[kept.index(same[0])] = region


def _is_part(one: FoundRegion, other: FoundRegion) -> bool:
    return one.kind == other.kind and area(one.box) < PART_SHARE * area(other.box)


def _decoded(sides: npt.NDArray[np.float32], stride: int) -> npt.NDArray[np.float32]:
    """Return boxes, (places, 4), from the distributions of the distances of their sides."""
    rows, columns = -(-HEIGHT // stride), -(-WIDTH // stride)
    y, x = np.meshgrid(np.arange(rows) + 0.5, np.arange(columns) + 0.5, indexing="ij")
    centers = np.stack([x, y, x, y], axis=-1).reshape(-1, 4) * stride
    shares = sides.reshape(len(centers), 4, -1)
    shares = np.exp(shares - np.max(shares, axis=-1, keepdims=True))
    shares /= np.sum(shares, axis=-1, keepdims=True)
    steps = np.arange(shares.shape[-1], dtype=np.float32)
    distances = np.asarray(shares @ steps, np.float32) * stride
    return np.asarray(centers + distances * np.array([-1, -1, 1, 1]), np.float32)
