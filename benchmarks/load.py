"""Load on one URL by wrk, and what it measured.

Source: https://github.com/wg/wrk (from Debian: `apt-get install wrk`)
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_NEW_PATHS = """
local head, tail
function init()
  local request = wrk.format(nil, wrk.path .. "{}")
  local first, last = request:find("{}", 1, true)
  head, tail = request:sub(1, first - 1), request:sub(last + 1)
end
local count = 0
function request()
  count = count + 1
  return head .. count .. tail
end
"""
"""Without a function `request` wrk writes it once and sends that: the load costs next to nothing.

Source: https://github.com/wg/wrk/blob/master/SCRIPTING
"""
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of so many clients in so many seconds."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    errors: int
    """Answers that were not 2xx, and connections that failed."""


def load(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str],
    body: bytes = b"",
    clients: int,
    seconds: int,
    new_paths: bool = False,
) -> Load:
    """Send the same request over and over from `clients` connections.

    With `new_paths` each request goes to a path of its own, as uploads do.
    """
    program = shutil.which("wrk")
    if program is None:
        raise SystemExit("the benchmarks need wrk: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "body").write_bytes(body)
        script = Path(folder) / "request.lua"
        script.write_text(
            "\n".join(
                [
                    f'wrk.method = "{method}"',
                    f'local file = io.open("{folder}/body", "rb")',
                    'wrk.body = file:read("*a")',
                    *(f'wrk.headers["{name}"] = [[{value}]]' for name, value in headers.items()),
                    *([_NEW_PATHS] if new_paths else []),
                ]
            )
        )
        done = subprocess.run(
            [
                program,
                "-t1",
                f"-c{clients}",
                f"-d{seconds}s",
                "--timeout",
                "30s",
                "--latency",
                "-s",
                script,
                url,
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    return _read(done.stdout)


def _read(report: str) -> Load:
    def found(pattern: str) -> str:
        match = re.search(pattern, report)
        return match[1] if match else "0"

    def milliseconds(percentile: int) -> float:
        match = re.search(rf"{percentile}%\s+([\d.]+)(us|ms|s|m)", report)
        return float(match[1]) * _UNITS[match[2]] if match else 0.0

    socket_errors = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", report
    )
    failed = sum(map(int, socket_errors.groups())) if socket_errors else 0
    return Load(
        requests_per_second=float(found(r"Requests/sec:\s+([\d.]+)")),
        p50_ms=milliseconds(50),
        p99_ms=milliseconds(99),
        errors=failed + int(found(r"Non-2xx or 3xx responses: (\d+)")),
    )
