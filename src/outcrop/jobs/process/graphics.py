"""Which GPUs a run has: those that no other run has, unless it shares them.

A keeper holds a claim on each, as on processors (see `processors`): whatever server started it, no
other on this machine gets them, and the kernel gives them back at its end.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from outcrop.jobs.process.claims import Claim, claim
from outcrop.jobs.process.folder import RunFolder

TAKEN = "Other programs have"
"""What a keeper begins with that has to wait."""


@dataclass(frozen=True, slots=True)
class Graphics:
    """The GPUs of one run."""

    chosen: Sequence[Mapping[str, Any]]
    claims: Sequence[Claim] = field(default=(), repr=False)
    """Open as long as the run has them."""

    @classmethod
    def take(cls, run: RunFolder, program: Mapping[str, Any]) -> "Graphics | None":
        """Choose the GPUs of a run; `None`: nobody knows of any, and none is hidden.

        Raises:
            OSError: There are not so many that nobody has.
        """
        there: Sequence[Mapping[str, Any]] | None = program.get("gpus")
        if there is None:
            return None
        count: int = program["limits"]["gpus"]
        match program["limits"]["gpus_shared_with"]:
            case "peers" if known := _of_peers(run, program["peers"]):
                return cls([gpu for gpu in there if gpu["index"] in known])
            case "all":
                free = [gpu for gpu in there if _is_free(gpu)]
                others = [gpu for gpu in there if gpu not in free]
                random.shuffle(others)
                return cls([*free, *others][:count])
            case _:
                return cls._claimed(there, count)

    @classmethod
    def _claimed(cls, there: Sequence[Mapping[str, Any]], count: int) -> "Graphics":
        claims: dict[int, Claim] = {}
        for gpu in there:
            if len(claims) < count and (held := _claim(gpu)) is not None:
                claims[gpu["index"]] = held
        if len(claims) < count:
            raise OSError(f"{TAKEN} all but {len(claims)} of the GPUs, and {count} are wanted.")
        chosen = [gpu for gpu in there if gpu["index"] in claims]
        return cls(chosen, list(claims.values()))

    @property
    def indexes(self) -> list[int]:
        """The indexes of the GPUs."""
        return [gpu["index"] for gpu in self.chosen]

    @property
    def environment(self) -> Mapping[str, str]:
        """What CUDA is told."""
        names = [gpu["uuid"] or str(gpu["index"]) for gpu in self.chosen]
        return {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "CUDA_VISIBLE_DEVICES": ",".join(names)}

    @property
    def devices(self) -> Sequence[str] | None:
        """The files of the GPUs; `None`: they have none of their own, so that all are needed."""
        files = [gpu["device"] for gpu in self.chosen]
        return files if all(files) else None


def _of_peers(run: RunFolder, peers: Sequence[str]) -> Sequence[int]:
    """Return the indexes of the GPUs that a run's peers have."""
    return next(_told_by(run, peers), ())


def _told_by(run: RunFolder, peers: Sequence[str]) -> Iterator[Sequence[int]]:
    for peer in peers:
        other = RunFolder(run.path.with_name(peer))
        if not other.path.exists() or (told := other.read("keeper")) is None:
            continue
        with other.locked() as is_free:
            if not is_free and told.get("gpus"):
                yield told["gpus"]


def _is_free(gpu: Mapping[str, Any]) -> bool:
    held = _claim(gpu)
    if held is not None:
        held.close()
    return held is not None


def _claim(gpu: Mapping[str, Any]) -> Claim | None:
    return claim(f"gpu/{gpu['index']}")
