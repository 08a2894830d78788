"""The graph of a BERT encoder: token ids in, a vector for every token out.

Inputs and output are named as exporters name them (`input_ids`, `attention_mask`,
`last_hidden_state`), so that a model of ours runs wherever theirs do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from outcrop.weights.onnx_file import (
    CONTRIB_DOMAIN,
    FLOAT,
    INT32,
    INT64,
    Array,
    Graph,
    Node,
    Port,
)

BLOCK_SIZE = 32
"""How many 4-bit numbers share a scale."""
INT8_ACTIVATIONS = 4
"""ONNX Runtime's `accuracy_level` that multiplies 4-bit weights by 8-bit activations."""

Floats: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Matrix:
    """4-bit weights: each is its code less 8, times the scale of its block."""

    codes: npt.NDArray[np.uint8]
    """uint8, (rows, columns / 2): the lower half of a byte comes first."""
    scales: Floats
    """float32, (rows, columns / 32)."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A matrix and what is added after it."""

    matrix: Matrix
    bias: Floats


@dataclass(frozen=True, slots=True)
class Norm:
    """A layer normalisation."""

    weight: Floats
    bias: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer of an encoder."""

    query: Linear
    key: Linear
    value: Linear
    attention_output: Linear
    attention_norm: Norm
    up: Linear
    down: Linear
    output_norm: Norm


@dataclass(frozen=True, slots=True, kw_only=True)
class Bert:
    """The weights of an encoder."""

    words: Matrix
    """(vocabulary, width)."""
    positions: Floats
    """(longest text, width), the vector of the only token type already added."""
    norm: Norm
    layers: Sequence[Layer]
    heads: int
    norm_epsilon: float


@dataclass(slots=True)
class _Draft:
    """A graph in the making."""

    nodes: list[Node] = field(default_factory=list[Node])
    constants: dict[str, Array] = field(default_factory=dict[str, Array])

    def constant(self, name: str, values: Array) -> str:
        self.constants[name] = values
        return name

    def step(
        self,
        output: str,
        operator: str,
        inputs: Sequence[str],
        *,
        contrib: bool = False,
        **attributes: float,
    ) -> str:
        self.nodes.append(
            Node(
                operator=operator,
                inputs=inputs,
                output=output,
                attributes=attributes,
                domain=CONTRIB_DOMAIN if contrib else "",
            )
        )
        return output


def bert_graph(bert: Bert, *, name: str) -> Graph:
    """Return the graph that computes the encoder."""
    draft = _Draft()
    hidden = _embed(draft, bert)
    mask = draft.step("mask", "Cast", ["attention_mask"], to=INT32)
    for number, layer in enumerate(bert.layers):
        hidden = _layer(draft, bert, layer, f"layer.{number}.", hidden=hidden, mask=mask)
    output = draft.step("last_hidden_state", "Identity", [hidden])
    shape = ("texts", "tokens")
    return Graph(
        name=name,
        inputs=[Port("input_ids", INT64, shape), Port("attention_mask", INT64, shape)],
        outputs=[Port(output, FLOAT, (*shape, bert.positions.shape[1]))],
        nodes=draft.nodes,
        constants=draft.constants,
    )


def _embed(draft: _Draft, bert: Bert) -> str:
    """Add the vectors of words and positions."""
    words = _gather(draft, bert.words)
    length = draft.step("length", "Shape", ["input_ids"], start=1)
    table = draft.constant("positions.weight", bert.positions)
    first = draft.constant("first", np.array([0], np.int64))
    positions = draft.step("positions", "Slice", [table, first, length])
    added = draft.step("embedded", "Add", [words, positions])
    norm = _norm(draft, "embedded.norm", bert.norm)
    return draft.step("hidden", "LayerNormalization", [added, *norm], epsilon=bert.norm_epsilon)


def _gather(draft: _Draft, words: Matrix) -> str:
    codes = draft.constant("words.codes", words.codes)
    scales = draft.constant("words.scales", words.scales)
    return draft.step(
        "words",
        "GatherBlockQuantized",
        [codes, "input_ids", scales],
        contrib=True,
        bits=4,
        block_size=BLOCK_SIZE,
        gather_axis=0,
        quantize_axis=1,
    )


def _layer(draft: _Draft, bert: Bert, layer: Layer, at: str, *, hidden: str, mask: str) -> str:
    query, key, value = (
        _linear(draft, at + part, linear, hidden)
        for part, linear in (("query", layer.query), ("key", layer.key), ("value", layer.value))
    )
    attended = draft.step(
        at + "attended",
        "MultiHeadAttention",
        [query, key, value, "", mask],
        contrib=True,
        num_heads=bert.heads,
    )
    seen = _linear(draft, at + "attention_output", layer.attention_output, attended)
    hidden = _add_norm(draft, bert, at + "attention_norm", layer.attention_norm, hidden, seen)
    wide = draft.step(
        at + "wide", "Gelu", [_linear(draft, at + "up", layer.up, hidden)], contrib=True
    )
    narrow = _linear(draft, at + "down", layer.down, wide)
    return _add_norm(draft, bert, at + "output_norm", layer.output_norm, hidden, narrow)


def _linear(draft: _Draft, name: str, linear: Linear, inputs: str) -> str:
    matrix, bias = linear.matrix, draft.constant(f"{name}.bias", linear.bias)
    rows, half = matrix.codes.shape
    codes = matrix.codes.reshape(rows, -1, BLOCK_SIZE // 2)
    return draft.step(
        name,
        "MatMulNBits",
        [
            inputs,
            draft.constant(f"{name}.codes", codes),
            draft.constant(f"{name}.scales", matrix.scales.reshape(-1)),
            "",
            "",
            bias,
        ],
        contrib=True,
        K=2 * half,
        N=rows,
        bits=4,
        block_size=BLOCK_SIZE,
        accuracy_level=INT8_ACTIVATIONS,
    )


def _norm(draft: _Draft, name: str, norm: Norm) -> list[str]:
    return [
        draft.constant(f"{name}.weight", norm.weight),
        draft.constant(f"{name}.bias", norm.bias),
    ]


def _add_norm(draft: _Draft, bert: Bert, name: str, norm: Norm, *inputs: str) -> str:
    return draft.step(
        name,
        "SkipLayerNormalization",
        [*inputs, *_norm(draft, name, norm)],
        contrib=True,
        epsilon=bert.norm_epsilon,
    )
