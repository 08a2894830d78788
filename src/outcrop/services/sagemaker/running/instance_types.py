"""How many processors and how much memory an instance type has, and what it gets here.

A family has so much memory for each processor; a size has so many processors. The exceptions are
in tables of their own.

Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from outcrop.jobs.host import Host

GIB = 1 << 30
SIZES: Mapping[str, int] = {"medium": 1, "large": 2, "xlarge": 4}
"""Processors; `12xlarge` has twelve times those of `xlarge`."""
GIB_BY_LETTERS: Mapping[str, float] = {
    "c": 2,
    "dl": 8,
    "g": 4,
    "i": 8,
    "inf": 4,
    "m": 4,
    "p": 8,
    "r": 8,
    "t": 4,
    "trn": 4,
    "x": 16,
}
"""Memory for each processor, by what a family's name begins with."""
GIB_BY_FAMILY: Mapping[str, float] = {
    "c4": 1.875,
    "c5n": 2.625,
    "g6e": 8,
    "inf1": 2,
    "p2": 15.25,
    "p3": 7.625,
    "p4d": 12,
    "p4de": 12,
    "p5": 10.667,
    "p5e": 10.667,
    "p5en": 10.667,
    "p6-b200": 10.667,
    "r4": 7.625,
}
OTHERS: Mapping[str, tuple[int, float]] = {
    "p2.16xlarge": (64, 732),
    "p3.2xlarge": (8, 61),
    "p5.4xlarge": (16, 256),
    "t2.medium": (2, 4),
    "t2.xlarge": (4, 16),
    "t2.2xlarge": (8, 32),
    "t3.medium": (2, 4),
}
"""Processors and GiB of types that follow no rule."""
_TYPE = re.compile(r"ml\.(?P<family>(?P<letters>[a-z]+)[\w-]*)\.(?P<times>\d*)(?P<size>[a-z]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Of one instance."""

    cpus: int
    memory_bytes: int


def capacity(instance_type: str) -> Capacity | None:
    """Return what an instance type has on AWS; `None` for one that follows no rule known here."""
    match = _TYPE.fullmatch(instance_type)
    if match is None:
        return None
    if (other := OTHERS.get(instance_type.removeprefix("ml."))) is not None:
        return Capacity(cpus=other[0], memory_bytes=int(other[1] * GIB))
    gib = GIB_BY_FAMILY.get(match["family"]) or GIB_BY_LETTERS.get(match["letters"])
    size = SIZES.get(match["size"])
    if gib is None or size is None:
        return None
    cpus = size * int(match["times"] or 1)
    return Capacity(cpus=cpus, memory_bytes=int(cpus * gib * GIB))


def share(instance_type: str, *, instances: int, host: Host) -> Capacity:
    """Return what one of a job's instances gets of a machine: what its type has, if it is there."""
    most = Capacity(
        cpus=max(1, host.cpus // instances), memory_bytes=host.memory_bytes // instances
    )
    has = capacity(instance_type)
    if has is None:
        return most
    return Capacity(
        cpus=min(has.cpus, most.cpus), memory_bytes=min(has.memory_bytes, most.memory_bytes)
    )
