"""The GPUs that jobs may have: what the driver tells of, or what the operator says.

Nothing is asked where there is no driver.

Source: https://docs.nvidia.com/deploy/nvidia-smi/index.html
"""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

AUTO, NONE = "auto", "none"
_DRIVERS = (Path("/dev/nvidiactl"), Path("/dev/dxg"))
"""Of NVIDIA's driver on Linux, and below Windows."""
_TOLD = Path("/proc/driver/nvidia/gpus")
_QUESTION = ("--query-gpu=index,uuid", "--format=csv,noheader")
_PATIENCE_SECONDS = 20.0


class BadGpusError(ValueError):
    """The setting names no GPUs; the message says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One GPU."""

    index: int
    """As the driver counts."""
    uuid: str = ""
    """What CUDA knows it by wherever other GPUs are hidden; empty: the driver has not told."""
    device: str = ""
    """Its file; empty: it has none of its own."""

    @property
    def visible(self) -> str:
        """What `CUDA_VISIBLE_DEVICES` calls it."""
        return self.uuid or str(self.index)


def find_gpus(setting: str) -> Sequence[Gpu]:
    """Return the GPUs for jobs.

    Args:
        setting: `auto`: all that the driver tells of; `none`; or their indexes, `0,2`, of which
            those need not be told of (below Windows, or without `nvidia-smi`).

    Raises:
        BadGpusError: The setting is none of these.
    """
    if setting == NONE:
        return ()
    told = {gpu.index: gpu for gpu in _told()}
    if setting == AUTO:
        return list(told.values())
    words = [word.strip() for word in setting.split(",")]
    if not all(word.isdecimal() for word in words):
        raise BadGpusError(f"[jobs] gpus is {setting!r}: neither `auto`, `none` nor indexes, `0,2`")
    indexes = sorted(set(map(int, words)))
    # Of one that nobody tells of, hiding the others would change the index.
    return [told.get(index) or Gpu(index=index) for index in indexes]


def read_list(text: str) -> list[Gpu]:
    """Return the GPUs of what `nvidia-smi` prints of index and UUID."""
    gpus: list[Gpu] = []
    for line in text.splitlines():
        index, _, uuid = line.partition(",")
        if index.strip().isdecimal():
            gpus.append(Gpu(index=int(index), uuid=uuid.strip()))
    return gpus


def _told() -> list[Gpu]:
    program = shutil.which("nvidia-smi")
    if program is None or not any(path.exists() for path in _DRIVERS):
        return []
    try:
        done = subprocess.run(  # noqa: S603 - the driver's own program
            [program, *_QUESTION],
            capture_output=True,
            check=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return []
    minors = _minors()
    return [_with_device(gpu, minors.get(gpu.uuid, gpu.index)) for gpu in read_list(done.stdout)]


def _with_device(gpu: Gpu, minor: int) -> Gpu:
    path = Path(f"/dev/nvidia{minor}")
    return replace(gpu, device=str(path)) if path.exists() else gpu


def _minors() -> dict[str, int]:
    """Return the numbers of the GPUs' files, which need not be their indexes."""
    minors: dict[str, int] = {}
    for path in _TOLD.glob("*/information"):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        members = {
            name.strip(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }
        if members.get("Device Minor", "").isdecimal():
            minors[members.get("GPU UUID", "")] = int(members["Device Minor"])
    return minors
