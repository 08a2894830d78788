"""From `outcrop up` to the first answered call, and what the idle server holds.

Goals: at most 1 s to the first STS call, at most 120 MB idle without models.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.calls import signed
from outcrop.local import free_port

RUNS = 5


def main() -> None:
    """Start a server several times and print the best and the median."""
    seconds = sorted(_start()[0] for _ in range(RUNS))
    memory = sorted(_start()[1] for _ in range(RUNS))
    print(f"first STS call after {seconds[0]:.2f} s (best), {seconds[RUNS // 2]:.2f} s (median)")
    print(f"idle memory {memory[RUNS // 2] / 1e6:.0f} MB (median, resident)")


def _start() -> tuple[float, int]:
    """Return the seconds to the first answer, and the resident bytes after it."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "outcrop", "up", "--port", str(port)],
            env={**os.environ, "OUTCROP_DATA": folder},
            stdout=subprocess.DEVNULL,
        )
        try:
            while not _answers(port):
                time.sleep(0.005)
            taken = time.perf_counter() - started
            status = Path(f"/proc/{process.pid}/status").read_text()
            resident = int(status.partition("VmRSS:")[2].split()[0]) * 1024
        finally:
            process.terminate()
            process.wait()
    return taken, resident


def _answers(port: int) -> bool:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/",
        data=b"Action=GetCallerIdentity&Version=2011-06-15",
        headers={**signed("sts"), "Content-Type": "application/x-www-form-urlencoded"},
    )
    try:
        return urllib.request.urlopen(request, timeout=2).status == 200
    except OSError:
        return False


if __name__ == "__main__":
    main()
