"""Large downloads against a plain sendfile server.

Goal: 64 MB gets at least 0.7 times as fast as nginx (from Debian: `apt-get install nginx-light`).
"""

import urllib.request

from benchmarks.calls import signed
from benchmarks.load import load
from benchmarks.peers import nginx, outcrop

SIZE = 64 << 20
SECONDS = 5


def main() -> None:
    """Measure both servers with 1 and 4 clients and print the ratios."""
    body = b"x" * SIZE
    rates: dict[str, dict[int, float]] = {}
    with outcrop() as server:
        for path, content in (("/bench", b""), ("/bench/file", body)):
            request = urllib.request.Request(
                server.url + path, data=content, method="PUT", headers=signed("s3")
            )
            urllib.request.urlopen(request).read()
        rates["outcrop"] = _rates(f"{server.url}/bench/file")
    with nginx(body) as server:
        rates["nginx"] = _rates(f"{server.url}/file")
    for clients in rates["outcrop"]:
        ours, theirs = rates["outcrop"][clients], rates["nginx"][clients]
        print(
            f"64 MB get, {clients} clients: {ours * SIZE / 1e6:.0f} MB/s, "
            f"nginx {theirs * SIZE / 1e6:.0f} MB/s, ratio {ours / theirs:.2f}"
        )


def _rates(url: str) -> dict[int, float]:
    """Return requests per second by clients."""
    headers = signed("s3")
    return {
        clients: load(url, headers=headers, clients=clients, seconds=SECONDS).requests_per_second
        for clients in (1, 4)
    }


if __name__ == "__main__":
    main()
