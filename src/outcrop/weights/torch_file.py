"""Reads the arrays of PyTorch's older files of weights, without PyTorch, and runs nothing in them.

Such a file is a row of pickles (a mark, a version, the machine's ways, the names of the arrays with
their shapes, the keys of their storages), and then the storages themselves.

Source: https://github.com/pytorch/pytorch/blob/main/torch/serialization.py, `_legacy_load`
"""

import collections
import io
import pickle
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

MAGIC = 0x1950A86A20F9469CFC6C
VERSION = 1001

Floats: TypeAlias = npt.NDArray[np.float32]

FLOATS = "FloatStorage"
ITEM_BYTES = {FLOATS: 4, "LongStorage": 8}


class NotTorchFileError(ValueError):
    """The file is of another form, names what it must not, or is cut short."""


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Tensor:
    """Where an array lies in its storage, in elements."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _StorageKind:
    """What a pickle names for `torch.FloatStorage`."""

    name: str


def _tensor(
    storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any
) -> _Tensor:
    return _Tensor(storage, offset, shape, strides)


class _Unpickler(pickle.Unpickler):
    """Knows dictionaries and tensors, and refuses everything else."""

    def __init__(self, file: io.BytesIO, storages: dict[str, _Storage]) -> None:
        """Prepare to read one pickle; storages that it names are added to the mapping."""
        super().__init__(file)
        self._storages = storages

    def find_class(self, module: str, name: str) -> Any:
        """See `pickle.Unpickler.find_class`."""
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in ITEM_BYTES:
            return _StorageKind(name)
        raise NotTorchFileError(f"it names {module}.{name}, which is no array")

    def persistent_load(self, pid: Any) -> _Storage:
        """See `pickle.Unpickler.persistent_load`."""
        match pid:
            case ("storage", _StorageKind(name), str(key), *_):
                return self._storages.setdefault(key, _Storage(key, name))
            case _:
                raise NotTorchFileError("it keeps something that is no storage")


def read_arrays(path: Path, section: str = "") -> Mapping[str, Floats]:
    """Return the arrays of a file by their names; those of whole numbers are left out.

    Args:
        path: The file.
        section: The name of what holds the arrays, where a file holds more than them.

    Raises:
        NotTorchFileError: See there.
    """
    file = io.BytesIO(path.read_bytes())
    storages: dict[str, _Storage] = {}
    try:
        if _load(file, storages) != MAGIC or _load(file, storages) != VERSION:
            raise NotTorchFileError("it is no file of PyTorch's older form")
        _load(file, storages)
        tensors, keys = _load(file, storages), _load(file, storages)
        if section:
            tensors = tensors[section]
        if not isinstance(tensors, Mapping):
            raise NotTorchFileError("it holds no names")
        contents = {key: _content(file, storages[key]) for key in keys}
        return {
            str(name): _array(tensor, contents[tensor.storage.key])
            for name, tensor in cast("Mapping[Any, Any]", tensors).items()
            if isinstance(tensor, _Tensor) and tensor.storage.kind == FLOATS
        }
    except (pickle.UnpicklingError, struct.error, EOFError, KeyError, TypeError) as error:
        raise NotTorchFileError(f"it is damaged: {error}") from error


def _load(file: io.BytesIO, storages: dict[str, _Storage]) -> Any:
    return _Unpickler(file, storages).load()


def _content(file: io.BytesIO, storage: _Storage) -> bytes:
    (elements,) = struct.unpack("<q", file.read(8))
    wanted = elements * ITEM_BYTES[storage.kind]
    content = file.read(wanted)
    if wanted < 0 or len(content) != wanted:
        raise NotTorchFileError("it is cut short")
    return content


def _array(tensor: _Tensor, content: bytes) -> Floats:
    pairs = list(zip(tensor.shape, tensor.strides, strict=True))
    last = tensor.offset + sum((length - 1) * stride for length, stride in pairs)
    if min((tensor.offset, *tensor.shape, *tensor.strides)) < 0 or (last + 1) * 4 > len(content):
        raise NotTorchFileError("an array lies outside what is kept")
    values = np.frombuffer(content, "<f4")[tensor.offset :]
    strides = [4 * stride for stride in tensor.strides]
    return np.ascontiguousarray(np.lib.stride_tricks.as_strided(values, tensor.shape, strides))
