"""RecordIO whose records are AWS's protobuf messages `Record`.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import scipy.sparse
from google.protobuf.message import DecodeError
from sagemaker_training.record_pb2 import Record

MAGIC = 0xCED7230A
HEAD = struct.Struct("<II")
LENGTH_BITS = 29
"""The upper three bits of a length tell whether a record is one of several parts."""
WHOLE, LAST = 0, 3
VALUES = "values"


def read_records(content: bytes) -> tuple[Any, Any]:
    """Return the features and the labels of records; no labels: `None`.

    Raises:
        ValueError: They are something else.
    """
    rows: list[Any] = []
    labels: list[float] = []
    try:
        for packed in raw_records(content):
            record = Record.FromString(packed)
            rows.append(_tensor(record.features[VALUES]))
            if VALUES in record.label:
                labels.append(float(_tensor(record.label[VALUES]).values[0]))
    except (DecodeError, struct.error, IndexError) as error:
        raise ValueError("The records are not recordio-protobuf: {error}") from error
    if labels and len(labels) != len(rows):
        raise ValueError("Some records have a label, others have none.")
    return _matrix(rows), np.array(labels) if labels else None


def write_records(answers: Sequence[Mapping[str, Any]]) -> bytes:
    """Return answers as records: each value is a label of its name."""
    parts: list[bytes] = []
    for answer in answers:
        record = Record()
        for name, value in answer.items():
            record.label[name].float32_tensor.values.extend(np.ravel(value).tolist())
        packed = record.SerializeToString()
        parts += [HEAD.pack(MAGIC, len(packed)), packed, bytes(-len(packed) % 4)]
    return b"".join(parts)


def raw_records(content: bytes) -> Iterator[bytes]:
    """Return what RecordIO holds, record by record.

    Raises:
        ValueError: It is something else; or `struct.error`.
    """
    position, begun = 0, b""
    while position < len(content):
        magic, length = HEAD.unpack_from(content, position)
        if magic != MAGIC:
            raise ValueError("The records are not recordio-protobuf: they begin with other bytes.")
        part, size = length >> LENGTH_BITS, length & ((1 << LENGTH_BITS) - 1)
        position += HEAD.size
        begun += content[position : position + size]
        if part in (WHOLE, LAST):
            yield begun
            begun = b""
        else:
            begun += struct.pack("<I", MAGIC)
        position += size + -size % 4


def _tensor(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind is None:
        raise ValueError("A record has no values.")
    return getattr(value, kind)


def _matrix(tensors: Sequence[Any]) -> Any:
    """Return tensors as the rows of an array, or of a sparse matrix where they name their keys."""
    if not tensors:
        return np.empty((0, 0), np.float32)
    if not any(tensor.shape for tensor in tensors):
        widths = {len(tensor.values) for tensor in tensors}
        if len(widths) > 1:
            raise ValueError(f"Records have different numbers of values: {sorted(widths)}.")
        return np.array([np.array(tensor.values, np.float32) for tensor in tensors])
    counts = [len(tensor.keys) for tensor in tensors]
    return scipy.sparse.csr_matrix(
        (
            np.concatenate([np.array(tensor.values, np.float32) for tensor in tensors]),
            np.concatenate([np.array(tensor.keys, np.int64) for tensor in tensors]),
            np.concatenate([[0], np.cumsum(counts)]),
        ),
        shape=(len(tensors), max(int(tensor.shape[-1]) for tensor in tensors)),
    )
