"""Several processes that pull the same weights, and one that is killed at it."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.weights.entries import CONTENT, HUB, HUB_PATH, entry, store
from tests.weights.file_server import FileServer, running

ROOT = Path(__file__).parents[2]


@contextmanager
def pulling(directory: Path, url: str) -> "Iterator[subprocess.Popen[str]]":
    """Pull in a process of its own, which is killed at the end if it still runs."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.weights.puller", str(directory), url],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(process: "subprocess.Popen[str]", words: str) -> None:
    """Read what the process prints up to a line with these words."""
    assert process.stdout
    assert any(words in line for line in process.stdout), "the process ended first"


def test_the_second_of_two_waits_and_finds_it_done(tmp_path: Path):
    with running(FileServer(files={HUB_PATH: CONTENT})) as hub:
        hub.gate.clear()
        with pulling(tmp_path, hub.url) as first:
            assert hub.asked.wait(30)
            with pulling(tmp_path, hub.url) as second:
                wait_for(second, "waiting for another process")
                hub.gate.set()

                assert (first.wait(30), second.wait(30)) == (0, 0)

        assert len(hub.requests) == 1
    assert store(tmp_path, entry(HUB)).path("tiny").read_bytes() == CONTENT


def test_a_pull_goes_on_after_its_process_was_killed(tmp_path: Path):
    with running(FileServer(files={HUB_PATH: CONTENT}, stalls_after=500_000)) as hub:
        hub.gate.clear()
        with pulling(tmp_path, hub.url) as process:
            wait_for(process, "500000 ")
            process.send_signal(signal.SIGKILL)
            process.wait(30)
        hub.gate.set()
        weights = store(tmp_path, entry(HUB), hub_endpoint=hub.url)
        assert not weights.is_present("tiny")

        weights.pull("tiny")

        assert weights.path("tiny").read_bytes() == CONTENT
        assert hub.ranges() == [None, "bytes=500000-"]
