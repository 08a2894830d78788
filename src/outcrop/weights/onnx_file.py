"""Writes ONNX files, byte for byte the same for the same contents.

ONNX is a protobuf format; the few messages that are needed here are encoded by hand, so that
neither a library nor its version decides what the bytes, and their sha256, are.

Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

IR_VERSION = 9
OPSET = 17
CONTRIB_DOMAIN = "com.microsoft"
"""ONNX Runtime's own operators.

Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
"""

FLOAT, UINT8, INT32, INT64 = 1, 2, 6, 7
"""Kinds of elements, as `TensorProto.DataType` numbers them."""

_DATA_TYPES = {"float32": FLOAT, "uint8": UINT8, "int32": INT32, "int64": INT64}
_VARINT, _BYTES, _FIXED32 = 0, 2, 5
_ATTRIBUTE_FLOAT, _ATTRIBUTE_INT, _ATTRIBUTE_STRING, _ATTRIBUTE_INTS = 1, 2, 3, 7

Attribute: TypeAlias = int | float | str | Sequence[int]

Array: TypeAlias = npt.NDArray[np.float32] | npt.NDArray[np.uint8] | npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One step of a graph."""

    operator: str
    inputs: Sequence[str]
    """An empty name leaves an optional input out."""
    output: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict[str, Attribute])
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of a graph."""

    name: str
    data_type: int
    shape: Sequence[int | str] | None
    """A name stands for a length that differs from run to run; `None`: what comes, comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A model."""

    name: str
    inputs: Sequence[Port]
    outputs: Sequence[Port]
    nodes: Sequence[Node]
    constants: Mapping[str, Array]


def write_onnx(target: Path, graph: Graph, metadata: Mapping[str, str]) -> None:
    """Write a model file; an existing one is replaced once the new one is whole."""
    partial = target.with_name(target.name + ".part")
    partial.write_bytes(onnx_bytes(graph, metadata))
    partial.replace(target)


def onnx_bytes(graph: Graph, metadata: Mapping[str, str]) -> bytes:
    """Return the contents of a model file."""
    return b"".join(
        (
            _integer(1, IR_VERSION),
            _text(2, "outcrop"),
            _message(7, _graph(graph)),
            _message(8, [_text(1, ""), _integer(2, OPSET)]),
            _message(8, [_text(1, CONTRIB_DOMAIN), _integer(2, 1)]),
            *(_message(14, [_text(1, key), _text(2, metadata[key])]) for key in metadata),
        )
    )


def _graph(graph: Graph) -> Iterable[bytes]:
    yield from (_message(1, _node(node)) for node in graph.nodes)
    yield _text(2, graph.name)
    yield from (_message(5, _tensor(name, graph.constants[name])) for name in graph.constants)
    yield from (_message(11, _port(port)) for port in graph.inputs)
    yield from (_message(12, _port(port)) for port in graph.outputs)


def _node(node: Node) -> Iterable[bytes]:
    yield from (_text(1, name) for name in node.inputs)
    yield _text(2, node.output)
    yield _text(4, node.operator)
    yield from (_message(5, _attribute(name, node.attributes[name])) for name in node.attributes)
    yield _text(7, node.domain)


def _attribute(name: str, value: Attribute) -> Iterable[bytes]:
    yield _text(1, name)
    if isinstance(value, int):
        yield _integer(3, value)
        yield _integer(20, _ATTRIBUTE_INT)
    elif isinstance(value, str):
        yield _text(4, value)
        yield _integer(20, _ATTRIBUTE_STRING)
    elif isinstance(value, Sequence):
        yield from (_integer(8, each) for each in value)
        yield _integer(20, _ATTRIBUTE_INTS)
    else:
        yield _varint(2 << 3 | _FIXED32) + np.float32(value).tobytes()
        yield _integer(20, _ATTRIBUTE_FLOAT)


def _tensor(name: str, values: Array) -> Iterable[bytes]:
    yield from (_integer(1, length) for length in values.shape)
    yield _integer(2, _DATA_TYPES[values.dtype.name])
    yield _text(8, name)
    yield _message(9, [values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()])


def _port(port: Port) -> Iterable[bytes]:
    yield _text(1, port.name)
    yield _message(2, [_message(1, [_integer(1, port.data_type), *_shape(port)])])


def _shape(port: Port) -> Iterable[bytes]:
    if port.shape is not None:
        lengths = [
            _message(1, [_integer(1, length) if isinstance(length, int) else _text(2, length)])
            for length in port.shape
        ]
        yield _message(2, lengths)


def _message(number: int, parts: Iterable[bytes]) -> bytes:
    content = b"".join(parts)
    return _varint(number << 3 | _BYTES) + _varint(len(content)) + content


def _text(number: int, text: str) -> bytes:
    return _message(number, [text.encode()])


def _integer(number: int, value: int) -> bytes:
    # What is negative is written as its two's complement of 64 bits.
    return _varint(number << 3 | _VARINT) + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value))
