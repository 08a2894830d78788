"""Sizes of folders."""

import shutil
from pathlib import Path
from threading import Event, Thread

from outcrop.weights.sizes import bytes_below


def test_files_in_all_folders_count(tmp_path: Path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "one").write_bytes(b"1")
    (tmp_path / "deep" / "er" / "more").write_bytes(b"four")

    assert bytes_below(tmp_path) == 5


def test_a_folder_may_vanish_meanwhile(tmp_path: Path):
    (tmp_path / "stays").write_bytes(b"1")
    is_over = Event()

    def churn() -> None:
        while not is_over.is_set():
            (tmp_path / "comes" / "and").mkdir(parents=True)
            (tmp_path / "comes" / "and" / "goes").write_bytes(b"22")
            shutil.rmtree(tmp_path / "comes")

    other = Thread(target=churn)
    other.start()
    try:
        seen = {bytes_below(tmp_path) for _ in range(1000)}
    finally:
        is_over.set()
        other.join()

    assert seen <= {1, 3}
