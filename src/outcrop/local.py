"""A server for the duration: for users' tests, for `outcrop run` and for our own tests.

with outcrop.local() as server:
    boto3.client("sts").get_caller_identity()
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

START_TIMEOUT_SECONDS = 60.0
STOP_TIMEOUT_SECONDS = 30.0
ENDPOINT_OF_A_SERVICE = "AWS_ENDPOINT_URL_"
AROUND_THE_ENDPOINT = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",)
AROUND_THE_KEYS = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
)
"""What SDKs prefer to an endpoint, or to keys, of the environment.

Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
"""


class ServerDidNotStartError(Exception):
    """The server ended, or did not answer in time; the message holds what it printed."""


def health(url: str, *, timeout_seconds: float = 2.0) -> dict[str, Any] | None:
    """Return what the server at a URL says of its health, or `None` if nothing answers."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=timeout_seconds) as answer:
            return cast("dict[str, Any]", json.load(answer))
    except (urllib.error.URLError, OSError, ValueError):
        return None


def free_port() -> int:
    """Return a port of this machine that is free now, as is the next, which TLS takes."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


class LocalServer:
    """`outcrop up` in a process of its own, on this machine's loopback."""

    def __init__(
        self,
        data: Path,
        *,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare a server; `start` starts it.

        Args:
            data: Its data folder; its log, `server.log`, is kept there too.
            port: By default a free one.
            settings: Variables over this process's own: `{"OUTCROP_CHAT_MODEL": "…"}`.
        """
        self.data = data
        self.port = free_port() if port is None else port
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = dict(settings or {})
        self.process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self.state: Mapping[str, Any] = {}
        """What `/health` said at the start."""

    def start(self) -> None:
        """Start the server and wait until it is healthy.

        Raises:
            ServerDidNotStartError: See there.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        with self._log_file.open("ab") as log:
            self._log_start = log.tell()
            self.process = subprocess.Popen(
                [sys.executable, "-m", "outcrop", "up", "--port", str(self.port)],
                env={**os.environ, "OUTCROP_DATA": str(self.data), **self._settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while (state := health(self.url)) is None:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise ServerDidNotStartError(self.log())
            time.sleep(0.05)
        self.state = state

    def stop(self) -> None:
        """Stop the server, its answers under way first."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """Take the server away without a word, as a crash would."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    @contextmanager
    def running(self) -> Generator["LocalServer", None, None]:
        """Start the server, and stop it at the end."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def log(self) -> str:
        """Return what the server printed since its last start."""
        printed = self._log_file.read_bytes()[self._log_start :]
        return printed.decode("utf-8", "replace")

    @property
    def _log_file(self) -> Path:
        return self.data / "server.log"

    def client_environment(self, account: str | None = None) -> dict[str, str]:
        """Return the variables that point clients at the server, as an account of one's own."""
        variables = dict(cast("Mapping[str, str]", self.state["client_environment"]))
        if account is not None:
            variables["AWS_ACCESS_KEY_ID"] = account
        return variables


@contextmanager
def local(*, settings: Mapping[str, str] | None = None) -> Generator[LocalServer, None, None]:
    """Run a server with an empty data folder, and point this process's AWS clients at it.

    Args:
        settings: Variables for the server: `{"OUTCROP_CHAT_MODEL": "…"}`.
    """
    with (
        tempfile.TemporaryDirectory(prefix="outcrop-") as folder,
        LocalServer(Path(folder), settings=settings).running() as server,
        _environment(server.client_environment()),
    ):
        yield server


def forget_boto3_session() -> None:
    """Let `boto3.client` look at the environment anew; it keeps what it found first."""
    boto3: Any = sys.modules.get("boto3")
    if boto3 is not None:
        boto3.DEFAULT_SESSION = None


def misleading(variables: Mapping[str, str], environment: Iterable[str] = os.environ) -> list[str]:
    """Return the names that would lead clients past Outcrop if they were left beside `variables`.

    A program meant for Outcrop must not reach the real AWS because a shell is set up for that.
    """
    names = {*AROUND_THE_ENDPOINT, *(AROUND_THE_KEYS if "AWS_ACCESS_KEY_ID" in variables else ())}
    return [
        name
        for name in environment
        if name not in variables and (name in names or name.startswith(ENDPOINT_OF_A_SERVICE))
    ]


@contextmanager
def _environment(variables: Mapping[str, str]) -> Generator[None, None, None]:
    aside = misleading(variables)
    before = {name: os.environ.get(name) for name in (*variables, *aside)}
    for name in aside:
        del os.environ[name]
    os.environ.update(variables)
    forget_boto3_session()
    try:
        yield
    finally:
        forget_boto3_session()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
