"""Runs an ONNX encoder: token ids to vectors, some texts at a time."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import onnxruntime  # pyright: ignore[reportMissingTypeStubs]: it ships none

from outcrop.engines.embeddings.models import Pooling

_onnxruntime: Any = onnxruntime

_errors: Any = _onnxruntime.capi.onnxruntime_pybind11_state
_LOAD_ERRORS = (
    _errors.Fail,
    _errors.InvalidArgument,
    _errors.InvalidGraph,
    _errors.InvalidProtobuf,
    _errors.NotImplemented,
    _errors.RuntimeException,
)
"""They share no class of their own."""

Vectors: TypeAlias = npt.NDArray[np.float32]

BATCH_TOKENS = 512
"""How many tokens, padding included, are computed at a time.

More are no faster on CPUs, and need more memory (measured with multilingual-e5-small).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Texts of similar length."""

    places: list[int]
    """Where they stand among all texts."""
    ids: npt.NDArray[np.int64]
    """int64, (texts, tokens), padded with zeros."""
    mask: npt.NDArray[np.int64]
    """int64, (texts, tokens): 1 where there is a token."""


class NotAModelError(Exception):
    """A file does not hold a model that can run here."""


class Encoder:
    """A loaded model."""

    def __init__(self, model: Path, *, pooling: Pooling, threads: int) -> None:
        """Load a model from an ONNX file.

        Raises:
            NotAModelError: It cannot be loaded.
        """
        options = _onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # Threads may spin while they wait for one another, but not for the next text: that would
        # take the processors from the other engines. Without any spinning an idle machine is a
        # tenth slower, and one with as many busy processes as processors a quarter faster.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        try:
            self._session = _onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"]
            )
        except _LOAD_ERRORS as error:
            raise NotAModelError(
                f"{model} is no model that ONNX Runtime can load: {error}"
            ) from error
        self._inputs = {port.name for port in self._session.get_inputs()}
        self._output: str = self._session.get_outputs()[0].name
        self._pooling = pooling
        self._computing = threading.Lock()

    @property
    def metadata(self) -> dict[str, str]:
        """What the file says beside the model."""
        return self._session.get_modelmeta().custom_metadata_map

    def encode(self, texts: Sequence[Sequence[int]]) -> Vectors:
        """Return the pooled vector for the token ids of every text, of whatever length it has."""
        vectors: list[Vectors] = [np.empty(0, np.float32)] * len(texts)
        for batch in _batches(texts):
            for place, vector in zip(batch.places, self._compute(batch), strict=True):
                vectors[place] = vector
        return np.stack(vectors)

    def _compute(self, batch: _Batch) -> Vectors:
        given = {
            "input_ids": batch.ids,
            "attention_mask": batch.mask,
            "token_type_ids": np.zeros_like(batch.ids),
        }
        inputs = {name: given[name] for name in given.keys() & self._inputs}
        # One after the other: each uses all threads.
        with self._computing:
            (hidden,) = self._session.run([self._output], inputs)
        return hidden[:, 0] if self._pooling == "first" else _mean(hidden, batch.mask)


def _mean(hidden: Vectors, mask: npt.NDArray[np.int64]) -> Vectors:
    """Return the means over tokens, (texts, width), of vectors, (texts, tokens, width)."""
    weights = (mask / mask.sum(axis=1, keepdims=True)).astype(np.float32)
    return np.einsum("nt,ntd->nd", weights, hidden)


def _batches(texts: Sequence[Sequence[int]]) -> Iterator[_Batch]:
    """Group texts of similar length, so that little is padded."""
    places: list[int] = []
    for place in sorted(range(len(texts)), key=lambda place: len(texts[place]), reverse=True):
        if places and (len(places) + 1) * len(texts[places[0]]) > BATCH_TOKENS:
            yield _padded(texts, places)
            places = []
        places.append(place)
    if places:
        yield _padded(texts, places)


def _padded(texts: Sequence[Sequence[int]], places: list[int]) -> _Batch:
    shape = (len(places), max(len(texts[place]) for place in places))
    ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for row, place in enumerate(places):
        ids[row, : len(texts[place])] = texts[place]
        mask[row, : len(texts[place])] = 1
    return _Batch(places=places, ids=ids, mask=mask)
