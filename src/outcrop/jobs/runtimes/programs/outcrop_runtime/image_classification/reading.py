"""Samples of a channel: of RecordIO, of a list of files, or of an augmented manifest's pipe.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/image-classification.html#IC-inputoutput,
https://mxnet.apache.org/api/python/docs/api/mxnet/recordio/index.html (the header of a record)
"""

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import numpy as np

from outcrop_runtime.built_in.record_io import raw_records
from outcrop_runtime.training.contract import Channel
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.reading import Part

RECORDS = "application/x-recordio"
IMAGES = ("application/x-image", "image/jpeg", "image/png")
HEAD = struct.Struct("<IfQQ")
"""Of MXNet's records: how many labels follow (0: none), the label, two numbers of the image."""


@dataclass(frozen=True, slots=True)
class Sample:
    """An image and what it shows."""

    image: Path | bytes
    """A file, or what it holds: JPEG or PNG."""
    label: Any
    """A class; with several labels float32, (classes,), 1 where one is there."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What labels may be."""

    classes: int
    are_many: bool

    def read(self, found: Sequence[float], name: str, *, by_number: bool = False) -> Any:
        """Return a sample's label.

        Args:
            found: The class alone, or where there are many one number for each class.
            name: Of the sample, for messages.
            by_number: Whether many labels are the classes' numbers instead.

        Raises:
            CannotTrainError: It is no class of these.
        """
        if self.are_many and not by_number and len(found) != self.classes:
            raise CannotTrainError(
                f"{name} has {len(found)} labels: with multi_label=1 each class has one, 0 or 1,"
                f" and num_classes is {self.classes}."
            )
        numbers = [int(one) for one in found]
        most = 1 if self.are_many and not by_number else self.classes - 1
        if not self.are_many and len(found) != 1:
            raise CannotTrainError(f"{name} has {len(found)} labels, and multi_label is 0.")
        if any(not 0 <= one <= most or one != it for one, it in zip(numbers, found, strict=True)):
            raise CannotTrainError(
                f"{name} has the label {', '.join(f'{one:g}' for one in found)}: labels are whole"
                f" numbers from 0 to {most}."
            )
        if not self.are_many:
            return numbers[0]
        if not by_number:
            return np.array(numbers, np.float32)
        hot = np.zeros(self.classes, np.float32)
        hot[numbers] = 1
        return hot


def read_samples(
    channels: Mapping[str, Channel], name: str, labels: Labels, part: Part
) -> Sequence[Sample]:
    """Return this instance's samples of a channel.

    Raises:
        CannotTrainError: They are not as AWS's algorithm takes them.
    """
    channel = channels[name]
    kind, by_number = _kind(channel)
    if channel.is_pipe:
        found = list(_of_pipe(channel, labels, by_number=by_number, is_raw=kind == RECORDS))
    elif kind == RECORDS:
        found = list(_of_records(channel, labels))
    else:
        found = list(_of_list(channels, name, labels))
    if not found:
        raise CannotTrainError(f"The channel '{name}' has no images.")
    return found[part.index :: part.count]


def _kind(channel: Channel) -> tuple[str, bool]:
    """Return the content type, and whether many labels are given by their numbers."""
    message = Message()
    message["content-type"] = channel.content_type or RECORDS
    kind = message.get_content_type()
    if kind not in (RECORDS, *IMAGES):
        raise CannotTrainError(
            f"Content-type {channel.content_type} of the channel '{channel.name}' is none of"
            f" {', '.join((RECORDS, *IMAGES))}."
        )
    form = str(message.get_param("label-format", "multi-hot"))
    if form not in ("multi-hot", "class-id"):
        raise CannotTrainError(f"{channel.content_type}: label-format is multi-hot or class-id.")
    return kind, form == "class-id"


def _of_records(channel: Channel, labels: Labels) -> Iterator[Sample]:
    for path in sorted(channel.folder.rglob("*.rec")):
        yield from _unpacked(path.read_bytes(), path.name, labels)


def _unpacked(content: bytes, name: str, labels: Labels) -> Iterator[Sample]:
    """Return the samples of MXNet's RecordIO."""
    try:
        for number, record in enumerate(raw_records(content)):
            count, label, _, _ = HEAD.unpack_from(record)
            found: Sequence[float] = (label,)
            if count:
                found = struct.unpack_from(f"<{count}f", record, HEAD.size)
            image = record[HEAD.size + 4 * count :]
            yield Sample(image, labels.read(found, f"Record {number} of {name}"))
    except (ValueError, struct.error) as error:
        raise CannotTrainError(
            f"{name} is no RecordIO of MXNet's, as its im2rec writes it: {error}"
        ) from error


def _of_list(channels: Mapping[str, Channel], name: str, labels: Labels) -> Iterator[Sample]:
    """Return the samples of lines `number, label, path`, tabs between them."""
    beside = f"{name}_lst"
    if beside not in channels:
        raise CannotTrainError(
            f"The channel '{name}' has images, but there is no channel '{beside}' with their list."
        )
    lists = sorted(channels[beside].folder.rglob("*.lst"))
    if len(lists) != 1:
        raise CannotTrainError(
            f"The channel '{beside}' must have one file .lst; it has {len(lists)}."
        )
    for number, line in enumerate(lists[0].read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        place = f"Line {number} of {lists[0].name}"
        cells = [cell.strip() for cell in line.split("\t")]
        try:
            found = [float(cell) for cell in cells[1:-1]]
        except ValueError as error:
            raise CannotTrainError(f"{place} is not: number, label, path, tabs between.") from error
        path = channels[name].folder / cells[-1]
        if not found or not path.is_file():
            raise CannotTrainError(
                f"{place} names {cells[-1]}, which is not in the channel '{name}'."
                if found
                else f"{place} is not: number, label, path, tabs between."
            )
        yield Sample(path, labels.read(found, place))


def _of_pipe(
    channel: Channel, labels: Labels, *, by_number: bool, is_raw: bool
) -> Iterator[Sample]:
    """Return the samples of a pipe: MXNet's records, or images and their labels by turns."""
    content = channel.folder.with_name(f"{channel.name}_0").read_bytes()
    try:
        records = list(raw_records(content))
    except (ValueError, struct.error) as error:
        raise CannotTrainError(
            f"The pipe of the channel '{channel.name}' is no RecordIO: set its RecordWrapperType."
        ) from error
    if is_raw and not _are_pairs(records):
        yield from _unpacked(content, f"the pipe of '{channel.name}'", labels)
        return
    if len(records) % 2:
        raise CannotTrainError(
            f"The channel '{channel.name}' must have an image and a label for each sample: set"
            " AttributeNames to the image's and the label's, in this order."
        )
    for number in range(0, len(records), 2):
        name = f"Sample {number // 2} of the channel '{channel.name}'"
        found = _label(records[number + 1], name)
        yield Sample(records[number], labels.read(found, name, by_number=by_number))


def _are_pairs(records: Sequence[bytes]) -> bool:
    """Tell whether records are a manifest's: images as they are, without MXNet's header."""
    return bool(records) and records[0].startswith((b"\xff\xd8\xff", b"\x89PNG"))


def _label(text: bytes, name: str) -> Sequence[float]:
    try:
        value = json.loads(text)
        return [float(one) for one in (value if isinstance(value, list) else [value])]
    except (TypeError, ValueError) as error:
        raise CannotTrainError(f"{name} has a label that is no class: {text[:50]!r}.") from error
