"""Reads what a GGUF file says of itself, as far as the catalogue wants to know it.

Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

MAGIC = b"GGUF"
MOST_KEYS = 4096
LONGEST_STRING_BYTES = 1 << 24
UINT32, STRING, ARRAY, UINT64 = 4, 8, 9, 10
BYTES_OF: Mapping[int, int] = {
    0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8,
}  # fmt: skip
"""Of the values of each scalar type."""

EMBEDDERS = frozenset(
    {"bert", "gemma-embedding", "jina-bert-v2", "jina-bert-v3", "modern-bert", "neo-bert"}
    | {"nomic-bert", "nomic-bert-moe", "t5encoder"}
)
"""Architectures that make embeddings and no text."""


class NotGgufError(ValueError):
    """A file is no GGUF, or a broken one."""


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a GGUF file holds."""

    architecture: str
    """`qwen2`, `llama`, `bert`, ..."""
    context_tokens: int | None

    @property
    def ability(self) -> str:
        """What the weights can do, in the catalogue's words."""
        return "embeddings" if self.architecture in EMBEDDERS else "chat"


def read_gguf_header(path: Path) -> GgufHeader:
    """Return what the file says of itself.

    Raises:
        NotGgufError: It is no GGUF, or a broken one.
    """
    with path.open("rb") as file:
        if file.read(4) != MAGIC:
            raise NotGgufError(f"{path} is no GGUF file")
        try:
            return _read(file)
        except (struct.error, UnicodeDecodeError, KeyError) as error:
            raise NotGgufError(f"{path} is a broken GGUF file") from error


def _read(file: IO[bytes]) -> GgufHeader:
    _version, _tensors, keys = struct.unpack("<IQQ", file.read(20))
    architecture: str | None = None
    context_tokens: int | None = None
    for _ in range(min(keys, MOST_KEYS)):
        key = _read_string(file)
        kind = _read_number(file, UINT32)
        if key == "general.architecture" and kind == STRING:
            architecture = _read_string(file)
        elif key == f"{architecture}.context_length" and kind in (UINT32, UINT64):
            context_tokens = _read_number(file, kind)
            break  # The vocabulary, which is long, comes later.
        else:
            _skip(file, kind)
    if architecture is None:
        raise KeyError("general.architecture")
    return GgufHeader(architecture, context_tokens)


def _read_number(file: IO[bytes], kind: int) -> int:
    layout = "<I" if kind == UINT32 else "<Q"
    return struct.unpack(layout, file.read(struct.calcsize(layout)))[0]


def _read_string(file: IO[bytes]) -> str:
    length = _read_number(file, UINT64)
    if length > LONGEST_STRING_BYTES:
        raise struct.error
    return file.read(length).decode()


def _skip(file: IO[bytes], kind: int) -> None:
    if kind == STRING:
        file.seek(_read_number(file, UINT64), 1)
        return
    if kind != ARRAY:
        file.seek(BYTES_OF[kind], 1)
        return
    element, count = _read_number(file, UINT32), _read_number(file, UINT64)
    if element in BYTES_OF:
        file.seek(BYTES_OF[element] * count, 1)
        return
    for _ in range(count):
        _skip(file, element)
