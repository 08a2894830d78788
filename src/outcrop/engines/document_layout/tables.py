"""Tells the rows, columns and merged cells of a table: SLANet-plus.

Source: https://arxiv.org/abs/2210.05391
"""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from outcrop.engines.document_layout.regions import DEVIATION, MEAN, Pixels
from outcrop.engines.document_layout.table_grid import Grid, Mark, grid_of
from outcrop.engines.workers.child import RefusedError
from outcrop.engines.workers.onnx_sessions import OnnxModel

SIDE = 488
"""Of the network's square picture, in pixels."""
START, END = "sos", "eos"
EMPTY_CELL, OPEN_CELL = "<td></td>", "<td>"


class TableReader:
    """A loaded network."""

    def __init__(self, model: Path) -> None:
        """Load it.

        Raises:
            RefusedError: It cannot be loaded, or does not say which marks it writes.
        """
        self._model = OnnxModel(model)
        known = self._model.metadata.get("character")
        if known is None:
            raise RefusedError("load", f"{model} does not say which marks it writes.")
        # Cells without and with text were made one mark in training.
        marks = [mark for mark in known.split("\n") if mark != OPEN_CELL]
        marks += [] if EMPTY_CELL in marks else [EMPTY_CELL]
        self._marks = [START, *marks, END]

    def read(self, table: Pixels) -> Grid | None:
        """Return the grid of a table in its own pixels; `None` where no cell is seen."""
        height, width = table.shape[:2]
        if min(height, width) < 2:
            return None
        scale = SIDE / max(height, width)
        size = (max(1, int(width * scale)), max(1, int(height * scale)))
        # The network was trained on BGR, though its means are those of RGB.
        resized = np.asarray(cv2.resize(table, size), np.float32)[..., ::-1] / 255
        given = np.zeros((1, 3, SIDE, SIDE), np.float32)
        given[0, :, : size[1], : size[0]] = ((resized - MEAN) / DEVIATION).transpose(2, 0, 1)
        places, scores = self._model.run(given).values()
        limit = np.array([width, height] * 2, np.float32)
        return grid_of(list(self._written(places[0] * SIDE / scale, scores[0], limit)))

    def _written(
        self,
        places: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
        scores: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
        limit: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    ) -> Iterator[Mark]:
        """Give the marks up to the end.

        Args:
            places: (steps, 8): four corners, x and y.
            scores: (steps, marks).
            limit: (4,): of left, top, right, bottom.
        """
        for place, score in zip(places, scores, strict=True):
            kind = int(score.argmax())
            text = self._marks[kind] if kind < len(self._marks) else END
            if text == END:
                return
            xs, ys = place[0::2], place[1::2]
            box = np.array([xs.min(), ys.min(), xs.max(), ys.max()], np.float32)
            yield Mark(text, float(score[kind]), np.clip(box, 0, limit))
