"""PyTorch's older files of weights, read without PyTorch."""

import pickle
import struct
from pathlib import Path

import numpy as np
import pytest

from outcrop.weights.torch_file import MAGIC, VERSION, NotTorchFileError, read_arrays


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def numbers(*values: int) -> bytes:
    """Return a tuple of small numbers."""
    return b"(" + b"".join(b"K" + bytes([value]) for value in values) + b"t"


STORAGE = (
    b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text("0") + text("cpu") + b"K\x06Nt"
    b"Q"  # the tuple is a persistent id
)


def file_of(
    *,
    rebuild: bytes = b"ctorch._utils\n_rebuild_tensor_v2\n",
    shape: bytes = numbers(2, 3),
    strides: bytes = numbers(3, 1),
    content: bytes = struct.pack("<6f", *range(6)),
) -> bytes:
    tensor = rebuild + b"(" + STORAGE + b"K\x00" + shape + strides + b"\x89}tR"
    return b"".join(
        (
            *(pickle.dumps(each, 2) for each in (MAGIC, VERSION, {"little_endian": True})),
            b"\x80\x02}(" + text("weight") + tensor + b"u.",
            pickle.dumps(["0"], 2),
            struct.pack("<q", 6),
            content,
        )
    )


def test_arrays_have_their_names_and_shapes(tmp_path: Path):
    path = tmp_path / "w.pth"
    path.write_bytes(file_of())

    arrays = read_arrays(path)

    assert {name: array.tolist() for name, array in arrays.items()} == {
        "weight": [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    }


def test_arrays_may_lie_in_another_order(tmp_path: Path):
    path = tmp_path / "w.pth"
    path.write_bytes(file_of(shape=numbers(3, 2), strides=numbers(1, 3)))

    expected = np.arange(6, dtype=np.float32).reshape(2, 3).T
    assert np.array_equal(read_arrays(path)["weight"], expected)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (file_of(rebuild=b"cos\nsystem\n"), "it names os.system, which is no array"),
        (file_of(shape=numbers(2, 9)), "an array lies outside what is kept"),
        (file_of(content=b"\0" * 20), "it is cut short"),
        (pickle.dumps(1, 2) + pickle.dumps(2, 2), "it is no file of PyTorch's older form"),
        (b"PK\x03\x04", "it is damaged"),
    ],
    ids=["names a program", "reaches beyond", "cut short", "of another form", "zip"],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes, reason: str):
    path = tmp_path / "w.pth"
    path.write_bytes(content)

    with pytest.raises(NotTorchFileError, match=reason):
        read_arrays(path)
