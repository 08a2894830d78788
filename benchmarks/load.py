"""Load on one URL by wrk, and what it measured.

wrk adds answers that never were to its percentiles: where one took long, those that might have been
asked for meanwhile ("coordinated omission"). What is told here are the times of the answers that
came: what wrk added is taken off again.

Source: https://github.com/wg/wrk (from Debian: `apt-get install wrk`), `stats_correct` in
`src/stats.c`
"""

import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
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
_TELL = """
function done(summary, latency, requests)
  io.write("answers ", summary.requests, " in ", summary.duration, " us\\n")
  for index = 1, #latency do
    local microseconds, count = latency(index)
    io.write("latency ", microseconds, " us: ", count, "\\n")
  end
end
"""


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
                    _TELL,
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
                "-s",
                script,
                url,
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    return _read(done.stdout, clients)


def _read(report: str, clients: int) -> Load:
    def numbers(pattern: str) -> list[tuple[int, ...]]:
        return [tuple(map(int, found.groups())) for found in re.finditer(pattern, report)]

    ((answers, microseconds),) = numbers(r"answers (\d+) in (\d+) us")
    interval = microseconds // max(1, answers // clients)
    latencies = _recorded(numbers(r"latency (\d+) us: (\d+)"), interval)
    socket_errors = numbers(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")
    refused = numbers(r"Non-2xx or 3xx responses: (\d+)")
    return Load(
        requests_per_second=answers / microseconds * 1e6,
        p50_ms=_percentile(latencies, 50) / 1e3,
        p99_ms=_percentile(latencies, 99) / 1e3,
        errors=sum(map(sum, [*socket_errors, *refused])),
    )


def _recorded(corrected: Iterable[tuple[int, ...]], interval: int) -> Counter[int]:
    """Return how often each latency was seen.

    For one of many intervals wrk counts another that is one interval shorter, and so on down to
    two. What it added to the longest is nothing, so they are gone through from there.
    """
    counts = Counter[int]()
    for latency, count in corrected:
        counts[latency] += count
    for latency in sorted(counts, reverse=True):
        for added in range(latency - interval, interval, -interval):
            counts[added] -= counts[latency]
    return +counts


def _percentile(counts: Counter[int], percent: int) -> int:
    """Return the latency that so many per cent of the answers do not exceed, or 0."""
    rank = counts.total() * percent / 100
    for latency in sorted(counts):
        rank -= counts[latency]
        if rank <= 0:
            return latency
    return 0
