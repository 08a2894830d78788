"""Which channel is for what, and what kind of files it holds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from outcrop_runtime.default_model.images import SUFFIXES as IMAGE_SUFFIXES
from outcrop_runtime.training.contract import Channel
from outcrop_runtime.training.errors import CannotTrainError

FileKind: TypeAlias = Literal["CSV", "Parquet", "JSON lines", "images", "texts", "labelled lines"]

_SUFFIXES: Mapping[str, FileKind] = {
    ".csv": "CSV",
    ".tsv": "CSV",
    ".parquet": "Parquet",
    ".pq": "Parquet",
    ".json": "JSON lines",
    ".jsonl": "JSON lines",
    ".jsonlines": "JSON lines",
    ".ndjson": "JSON lines",
    **dict.fromkeys(IMAGE_SUFFIXES, "images"),
}
_MEDIA_TYPES: Mapping[str, FileKind] = {
    "text/csv": "CSV",
    "application/x-parquet": "Parquet",
    "application/json": "JSON lines",
    "application/jsonlines": "JSON lines",
    "application/x-jsonlines": "JSON lines",
}
LINE_LABEL = "__label__"
"""What lines of fastText and BlazingText begin with."""


@dataclass(frozen=True, slots=True)
class Source:
    """The files of a channel, all of one kind."""

    channel: Channel
    kind: FileKind
    files: Sequence[Path]


def choose(channels: Mapping[str, Channel]) -> Mapping[str, Channel]:
    """Return the channels for `train`, `validation` and `test`, as far as there are any.

    Raises:
        CannotTrainError: Nothing tells which one to train on.
    """
    others = {name: channels[name] for name in ("validation", "test") if name in channels}
    rest = [channel for name, channel in channels.items() if name not in others]
    for name in ("train", "training"):
        if name in channels:
            return {"train": channels[name], **others}
    if len(rest) != 1:
        names = ", ".join(channels) or "none"
        raise CannotTrainError(f"A channel `train` is needed; the job's channels are: {names}.")
    return {"train": rest[0], **others}


def open_channel(channel: Channel) -> Source:
    """Return the files of a channel and their kind.

    Raises:
        CannotTrainError: There are none, or they are of several kinds.
    """
    if not channel.folder.is_dir():
        raise CannotTrainError(
            f"The channel {channel.name} is no folder of files: give it the input mode File or"
            " FastFile."
        )
    paths = [
        path
        for path in sorted(channel.folder.rglob("*"))
        if path.is_file() and not _is_hidden(path.relative_to(channel.folder))
    ]
    if not paths:
        raise CannotTrainError(f"The channel {channel.name} holds no files.")
    kinds: Mapping[Path, FileKind] = {path: _kind(path, channel) for path in paths}
    counts = Counter(kinds.values())
    if len(counts) > 1:
        found = ", ".join(f"{kind} ({count})" for kind, count in sorted(counts.items()))
        raise CannotTrainError(
            f"The channel {channel.name} holds files of several kinds: {found}. Give it one kind."
        )
    return Source(channel, kinds[paths[0]], paths)


def _is_hidden(path: Path) -> bool:
    """Tell whether a file is not data: `_SUCCESS`, `.crc`."""
    return any(part.startswith((".", "_")) for part in path.parts)


def _kind(path: Path, channel: Channel) -> FileKind:
    suffixes = [suffix for suffix in path.suffixes if suffix != ".gz"]
    suffix = suffixes[-1].lower() if suffixes else ""
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if suffix == ".txt" and path.parent != channel.folder:
        return "texts"
    media_type = channel.content_type.partition(";")[0].strip().lower()
    return _MEDIA_TYPES.get(media_type) or _sniffed(path)


def _sniffed(path: Path) -> FileKind:
    with path.open("rb") as file:
        start = file.read(64).lstrip()
    if start.startswith(b"PAR1"):
        return "Parquet"
    if start.startswith(LINE_LABEL.encode()):
        return "labelled lines"
    return "JSON lines" if start.startswith((b"{", b"[")) else "CSV"
