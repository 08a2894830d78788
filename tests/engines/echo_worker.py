"""A worker for tests: does what its requests say."""

import itertools
import os
import signal
import sys
import time
from collections.abc import Callable, Generator
from typing import Any

from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame

KEPT: list[bytes] = []
"""What an engine remembers, at the end of what it has had."""


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    report("half way")
    say("hello from the log")
    match config:
        case {"refuse": reason}:
            raise child.RefusedError("load", reason)
        case {"exit": status}:
            say("these are my last words")
            sys.exit(status)
        case {"hang": True}:
            signal.pause()
        case _:
            return child.Ready(info={"pid": os.getpid(), "config": config}, handle=handle)
    raise AssertionError


def handle(request: Frame) -> Generator[Frame, None, None]:
    match request.value:
        case {"echo": value}:
            yield Frame({"echo": value}, request.blob)
        case {"count": last}:
            yield from (Frame(number) for number in range(last))
        case {"tick": seconds}:
            yield from ticks(seconds)
        case {"refuse": reason}:
            raise child.RefusedError("no", reason, asked="it")
        case {"hoard": count}:
            KEPT.append([b"x" * 100_000 for _ in range(count)][-1])
            yield Frame(None)
        case {"die": True}:
            yield Frame("first")
            os.kill(os.getpid(), signal.SIGKILL)
        case _:
            raise ValueError(request.value)


def ticks(seconds: float) -> Generator[Frame, None, None]:
    try:
        for number in itertools.count():
            yield Frame(number)
            time.sleep(seconds)
    finally:
        say("ticking was cancelled")


if __name__ == "__main__":
    child.serve(start)
