"""The servers that are compared, each in a process of its own: Outcrop, moto, MiniStack and nginx.

The peers live in a virtual environment of their own, made on first use from PyPI; nginx is Debian's
(`apt-get install nginx-light`).
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, cast

from outcrop.local import LocalServer, free_port

PEERS = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "outcrop" / "bench-peers"
PACKAGES = ("moto[server]", "ministack")
NGINX_CONFIGURATION = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off; sendfile on; keepalive_requests 1000000000;
    client_body_temp_path {folder}; proxy_temp_path {folder};
    fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
}}
"""


class Peer(NamedTuple):
    """A server that runs."""

    url: str
    process: "subprocess.Popen[bytes]"


@contextmanager
def alone(peer: Peer, peers: Iterable[Peer]) -> Generator[None]:
    """Hold all other servers, which do a little even when nobody asks them."""
    others = [other.process for other in peers if other is not peer]
    for process in others:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in others:
            process.send_signal(signal.SIGCONT)


@contextmanager
def outcrop(settings: Mapping[str, str] | None = None) -> Generator[Peer]:
    """Run Outcrop with an empty data folder."""
    with (
        tempfile.TemporaryDirectory(prefix="outcrop-bench-") as folder,
        LocalServer(Path(folder), settings=settings).running() as server,
    ):
        yield Peer(server.url, cast("subprocess.Popen[bytes]", server.process))


@contextmanager
def moto() -> Generator[Peer]:
    """Run moto's server."""
    port = free_port()
    with _peer(["moto_server", "-H", "127.0.0.1", "-p", str(port)], port) as peer:
        yield peer


@contextmanager
def ministack() -> Generator[Peer]:
    """Run MiniStack."""
    port = free_port()
    variables = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1"}
    with _peer(["ministack"], port, variables) as peer:
        yield peer


@contextmanager
def _peer(
    command: list[str], port: int, variables: Mapping[str, str] | None = None
) -> Generator[Peer]:
    program = PEERS / "bin" / command[0]
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        subprocess.run([PEERS / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)
    with tempfile.TemporaryDirectory(prefix="outcrop-bench-") as folder:
        process = subprocess.Popen(
            [program, *command[1:]],
            cwd=folder,
            env={**os.environ, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url, process)
            yield Peer(url, process)
        finally:
            process.terminate()
            process.wait()


@contextmanager
def nginx(content: bytes) -> Generator[Peer]:
    """Run nginx with one file, `/file`."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise SystemExit("this comparison needs nginx: apt-get install nginx-light")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="outcrop-bench-") as name:
        folder = Path(name)
        (folder / "files").mkdir()
        (folder / "files" / "file").write_bytes(content)
        folder.chmod(0o755)  # The worker is another user.
        configuration = folder / "nginx.conf"
        configuration.write_text(NGINX_CONFIGURATION.format(folder=folder, port=port))
        process = subprocess.Popen([program, "-c", configuration, "-e", folder / "error.log"])
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url, process)
            yield Peer(url, process)
        finally:
            process.terminate()
            process.wait()


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a server answers anything at all."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"no peer answers at {url}")
