"""Starts the workers, starts those anew that end, and ends with them."""

import os
import signal
import subprocess
import sys
import time
from types import FrameType

from outcrop_runtime.serving.surroundings import Surroundings
from outcrop_runtime.serving.worker import CANNOT_LOAD

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 60.0
STEADY_SECONDS = 60.0
"""A worker that lived so long is started anew at once."""


class Supervisor:
    """The workers of one instance."""

    def __init__(self, surroundings: Surroundings, framework: str) -> None:
        self._surroundings = surroundings
        self._framework = framework
        self._workers: dict[int, tuple[int, subprocess.Popen[bytes], float]] = {}
        self._pauses: dict[int, float] = {}

    def run(self) -> int:
        """Serve until a signal asks for the end, and return the exit code."""
        signal.signal(signal.SIGTERM, _leave)
        try:
            for number in range(self._surroundings.workers):
                self._start(number)
            while True:
                process_id, status = os.wait()
                if process_id not in self._workers:
                    continue
                if os.waitstatus_to_exitcode(status) == CANNOT_LOAD:
                    return CANNOT_LOAD
                self._replace(process_id, os.waitstatus_to_exitcode(status))
        finally:
            self._end()

    def _start(self, number: int) -> None:
        command = [sys.executable, "-m", "outcrop_runtime.serving.worker"]
        process = subprocess.Popen([*command, self._framework, str(number)])  # noqa: S603 - ours
        self._workers[process.pid] = (number, process, time.monotonic())

    def _replace(self, process_id: int, exit_code: int) -> None:
        number, process, started = self._workers.pop(process_id)
        process.returncode = exit_code  # Buried already.
        lived = time.monotonic() - started
        pause = 0.0 if lived > STEADY_SECONDS else self._pauses.get(number, FIRST_PAUSE_SECONDS)
        self._pauses[number] = min(2 * (pause or FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
        print(f"Worker {number} ended with exit code {exit_code}; it is started anew.", flush=True)
        time.sleep(pause)
        self._start(number)

    def _end(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for _, process, _ in self._workers.values():
            process.terminate()
        for _, process, _ in self._workers.values():
            process.wait()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
