"""Reads lines: PP-OCR's recogniser, whose time steps are columns of the picture.

Source: https://github.com/PaddlePaddle/PaddleOCR/blob/main/ppocr/postprocess/rec_postprocess.py
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from outcrop.engines.ocr.quads import Pixels
from outcrop.engines.workers.child import RefusedError
from outcrop.engines.workers.onnx_sessions import OnnxModel

HEIGHT = 48
"""Of the crops, in pixels, as the network wants them."""
NARROWEST = 320
"""In pixels: crops are padded to it, as in training."""
BATCH = 6
BLANK, SPACE = 0, -1
"""The classes that stand for no character and for a space."""


@dataclass(frozen=True, slots=True)
class Character:
    """One character of a line."""

    text: str
    score: float
    place: float
    """Where the network saw it first, as a share of the crop's width."""
    space: float
    """How likely a space stands before it, though none was read, from 0.0 to 1.0."""


class TextRecognizer:
    """A loaded recogniser."""

    def __init__(self, model: Path) -> None:
        """Load it.

        Raises:
            RefusedError: It cannot be loaded, or does not say which characters it knows.
        """
        self._model = OnnxModel(model)
        known = self._model.metadata.get("character")
        if known is None:
            raise RefusedError("load", f"{model} does not say which characters it knows.")
        self._characters = ["", *known.removesuffix("\n").split("\n"), " "]

    def read(self, crops: Sequence[Pixels]) -> list[list[Character]]:
        """Return the characters of RGB crops that are `HEIGHT` high."""
        read: list[list[Character]] = [[] for _ in crops]
        order = sorted(range(len(crops)), key=lambda place: crops[place].shape[1])
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            batch = _padded([crops[place] for place in places])
            (probabilities,) = self._model.run(batch).values()
            for place, steps in zip(places, probabilities, strict=True):
                share = batch.shape[3] / crops[place].shape[1]
                read[place] = list(self._decoded(steps, share))
        return read

    def _decoded(self, steps: npt.NDArray[np.float32], share: float) -> Iterator[Character]:
        """Give what time steps say: a class that is repeated counts once, blanks part repetitions.

        Args:
            steps: (time steps, classes): probabilities.
            share: How wide all steps are, the crop being 1.
        """
        best: list[int] = steps.argmax(axis=1).tolist()
        before, after = BLANK, 0
        for step, kind in enumerate(best):
            if kind not in (BLANK, before):
                # A part of the last step lies in what the crop is padded with.
                place = min(1.0, (step + 0.5) / len(best) * share)
                space = float(steps[after : step + 1, SPACE].max())
                score = float(steps[step, kind])
                yield Character(self._characters[kind], score, place, space)
                after = step
            before = kind


def _padded(crops: Sequence[Pixels]) -> npt.NDArray[np.float32]:
    widest = max(NARROWEST, *(crop.shape[1] for crop in crops))
    batch = np.zeros((len(crops), 3, HEIGHT, widest), np.float32)
    for row, crop in enumerate(crops):
        # The network was trained on BGR.
        given = crop[..., ::-1].astype(np.float32) / 127.5 - 1
        batch[row, :, :, : crop.shape[1]] = given.transpose(2, 0, 1)
    return batch
