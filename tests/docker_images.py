"""An image of one's own, made of this machine's Python, where a Docker daemon is.

No registry is asked: what is in the image is on this machine.
"""

import hashlib
import io
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

DOCKER = shutil.which("docker") or "docker"
PYTHON = "/usr/local/bin/python"
LEFT_OUT = {"test", "site-packages", "idlelib", "ensurepip", "tkinter", "__pycache__", "config"}
TRAIN = f"""#!{PYTHON}
import json, os, pathlib, socket, time
def meet(host):
    try:
        socket.create_connection((host, 7000), 1).close()
        return True
    except OSError:
        return False
root = pathlib.Path("/opt/ml")
resources = json.loads((root / "input/config/resourceconfig.json").read_text())
listening = socket.create_server((socket.gethostbyname(resources["current_host"]), 7000))
for host in resources["hosts"]:
    while not meet(host):
        time.sleep(0.1)
for host in resources["hosts"]:
    listening.accept()
print("trains on", resources["current_host"], "of", len(resources["hosts"]), flush=True)
if os.environ.get("FAIL"):
    (root / "output/failure").write_text("told to fail")
    raise SystemExit(3)
text = "".join(path.read_text() for path in sorted((root / "input/data/train").rglob("*")))
(root / "model/sum").write_text(str(sum(map(int, text.split()))))
print("known", "AWS_SESSION_TOKEN" in os.environ, os.environ.get("LINES"), flush=True)
"""
SERVE = f"""#!{PYTHON}
import os, pathlib, signal, sys, threading, time, urllib.request, uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = uuid.uuid4().hex
MODEL = pathlib.Path("/opt/ml/model")

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/execution-parameters" and "PARAMETERS" in os.environ:
            return self.answer(200, os.environ["PARAMETERS"].encode())
        self.answer(200 if self.path == "/ping" else 404, b"")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        try:
            self.answer(200, str(self.asked(body)).encode())
        except Exception as error:
            self.answer(500, repr(error).encode())

    def asked(self, body):
        match body.split():
            case ["name"]:
                return NAME
            case ["model"]:
                return (MODEL / "sum").read_text()
            case ["write"]:
                return (MODEL / "sum").write_text("changed")
            case ["variable", name]:
                return os.environ.get(name)
            case ["header", name]:
                return self.headers[name]
            case ["sleep", seconds]:
                time.sleep(float(seconds))
                return "slept"
            case ["health"]:
                url = os.environ["AWS_ENDPOINT_URL"] + "/health"
                with urllib.request.urlopen(url, timeout=5) as answer:
                    return answer.status
            case ["die"]:
                print("dies", flush=True)
                os._exit(7)

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("content-type", "text/plain")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass

if not MODEL.exists() or os.environ.get("FAIL"):
    sys.exit("no model for me")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("serves", *sys.argv[1:], flush=True)
ThreadingHTTPServer.daemon_threads = True
ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
"""


@cache
def has_daemon() -> bool:
    """Tell whether there is a daemon."""
    try:
        done = subprocess.run([DOCKER, "version"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


needs_daemon = pytest.mark.skipif(not has_daemon(), reason="needs a Docker daemon")


@cache
def image() -> str:
    """Return the image, which has `train` and `serve`; it is made once a machine."""
    content = f"{sys.version}{TRAIN}{SERVE}{Path(__file__).read_text()}"
    name = f"outcrop-tests/python:{hashlib.sha256(content.encode()).hexdigest()[:12]}"
    known = subprocess.run([DOCKER, "image", "inspect", name], capture_output=True, check=False)
    if known.returncode:
        subprocess.run(
            [DOCKER, "import", "--change", f"ENV PATH={Path(PYTHON).parent}", "-", name],
            input=_root(),
            stdout=subprocess.DEVNULL,
            check=True,
        )
    return name


def containers(run: str) -> list[str]:
    """Return the names of the containers whose name has a part."""
    done = subprocess.run(
        [DOCKER, "ps", "--all", "--format", "{{.Names}}", "--filter", f"name={run}"],
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.split()


def _root() -> bytes:
    """Return a root that holds Python and what it needs."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as root:
        library = Path(sysconfig.get_paths()["stdlib"])
        root.add(library, arcname=str(library), filter=_needed)
        interpreter = Path(sys.executable).resolve()
        root.add(interpreter, arcname=PYTHON)
        linked = {interpreter, *library.glob("lib-dynload/*.so")}
        for path in sorted({found for one in linked for found in _libraries(one)}):
            root.add(path.resolve(), arcname=str(path))
        for name, text in (("train", TRAIN), ("serve", SERVE)):
            entry = tarfile.TarInfo(str(Path(PYTHON).with_name(name)))
            entry.mode, entry.size = 0o755, len(text)
            root.addfile(entry, io.BytesIO(text.encode()))
        for name in ("tmp", "opt/ml", "etc", "proc", "sys", "dev"):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o777
            root.addfile(folder)
    return written.getvalue()


def _needed(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    name = Path(entry.name).name
    is_left_out = name in LEFT_OUT or name.startswith("config-") or name.endswith(".a")
    return None if is_left_out else entry


def _libraries(path: Path) -> Iterator[Path]:
    """Give the libraries that a program is linked with, where it looks for them."""
    done = subprocess.run(["ldd", path], capture_output=True, check=False, text=True)
    for found in re.finditer(r"(?:=> )?(/\S+) \(0x", done.stdout):
        yield Path(found[1])
