"""What looking at a run finds, where the kernel does not hold it to its limits itself."""

import os
from dataclasses import asdict
from pathlib import Path

import pytest

from outcrop.jobs.interface import Limits
from outcrop.jobs.process.watch import Watch

MIB = 1 << 20


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(), None),
        (Limits(memory_bytes=1 << 50, processes=1 << 20, disk_bytes=10 * MIB), None),
        (Limits(memory_bytes=1 << 50, processes=0), "too-many-processes"),
        (Limits(memory_bytes=1 * MIB, processes=1 << 20), "out-of-memory"),
        (Limits(disk_bytes=3 * MIB), "out-of-disk"),
    ],
)
def test_the_limit_that_was_passed_is_told(
    tmp_path: Path, limits: Limits, reason: str | None
) -> None:
    for number in range(2):
        (tmp_path / f"{number}").write_bytes(b"x" * 2 * MIB)
    (tmp_path / "again").hardlink_to(tmp_path / "0")
    (tmp_path / "link").symlink_to("/usr/bin/env")
    folders = [tmp_path, tmp_path / "none"]

    assert Watch(asdict(limits), None, folders).look(os.getpid()) == reason


def test_a_file_that_has_several_names_counts_once(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"x" * 2 * MIB)
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    limits = asdict(Limits(disk_bytes=3 * MIB))

    assert Watch(limits, None, [tmp_path]).look(os.getpid()) is None


def test_looking_waits_for_its_time() -> None:
    watch = Watch(asdict(Limits(processes=0)), None, [])

    assert [watch.look(os.getpid()), watch.look(os.getpid())] == ["too-many-processes", None]
