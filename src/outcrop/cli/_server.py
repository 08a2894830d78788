"""What subcommands know of a running server."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import click

from outcrop.settings import Settings

START_TIMEOUT_SECONDS = 60.0


def address(settings: Settings, port: int | None = None) -> str:
    """Return the server's URL, as clients on this machine reach it."""
    host = settings.server.host
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{port or settings.server.port}"


def health(url: str, *, timeout_seconds: float = 2.0) -> dict[str, Any] | None:
    """Return what a server says of its health, or `None` if nothing answers."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=timeout_seconds) as answer:  # noqa: S310 - http, by `address`
            return cast("dict[str, Any]", json.load(answer))
    except (urllib.error.URLError, OSError, ValueError):
        return None


@contextmanager
def server(url: str, arguments: Sequence[str], *, quiet: bool = False) -> Generator[dict[str, Any], None, None]:
    """Give the health of the server at `url`, started for the duration if none answers.

    Args:
        url: Where it is, or will be.
        arguments: Those of `outcrop`, `up` included, for a server of our own.
        quiet: Whether what such a server prints is dropped; its errors are always shown.
    """
    if (state := health(url)) is not None:
        yield state
        return
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "outcrop", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if quiet else None,
    )
    try:
        yield _wait_for(url, process)
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise click.ClickException("The server did not start; its own message is above.")
        if (state := health(url)) is not None:
            return state
        time.sleep(0.05)
    raise click.ClickException(f"No answer from {url} within {START_TIMEOUT_SECONDS:.0f} s.")
