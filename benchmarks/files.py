"""Large downloads against a plain sendfile server.

Goal: 64 MB gets at least 0.7 times as fast as nginx (from Debian: `apt-get install nginx-light`).
"""

import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.calls import signed
from benchmarks.load import load
from benchmarks.peers import outcrop, wait_for
from outcrop.local import free_port

SIZE = 64 << 20
SECONDS = 5
CONFIGURATION = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off; sendfile on; client_body_temp_path {folder}; proxy_temp_path {folder};
    fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
}}
"""


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
    with _nginx(body) as url:
        rates["nginx"] = _rates(f"{url}/file")
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


@contextmanager
def _nginx(content: bytes) -> Generator[str, None, None]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise SystemExit("this comparison needs nginx: apt-get install nginx-light")
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "files").mkdir()
        (folder / "files" / "file").write_bytes(content)
        folder.chmod(0o755)  # The worker is another user.
        configuration = folder / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(folder=folder, port=port))
        process = subprocess.Popen([program, "-c", configuration, "-e", folder / "error.log"])
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url, process)
            yield url
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
