"""A PostgreSQL server of the tests' own, from the machine's packages."""

import collections
import os
import pwd
import re
import select
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

IS_CI = os.environ.get("CI") == "true"
PACKAGED = Path("/usr/lib/postgresql")
"""Where Debian puts the server's programs, by version."""
UNPRIVILEGED = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this user."""


def find_programs() -> Path | None:
    """Return the directory of the programs of PostgreSQL, or `None`."""
    found = sorted(PACKAGED.glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


class AnnouncedProcess:
    """A process that says on its standard error when it is ready."""

    def __init__(self, command: Sequence[str], announcement: str, **options: Any) -> None:
        """Start the process and wait for the announcement, a regular expression."""
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )
        assert self._process.stderr is not None
        log: list[str] = []
        for line in self._process.stderr:
            log.append(line)
            if found := re.search(announcement, line):
                self.announcement = found.group()
                break
        else:
            raise RuntimeError("".join(log))
        drain = (self._process.stderr, 0)
        self._drain = threading.Thread(target=collections.deque[str], args=drain)
        self._drain.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def stop(self, number: int = signal.SIGKILL) -> None:
        """Send a signal and wait for the end."""
        with self._process:
            self._process.send_signal(number)
            self._process.wait()
            self._drain.join()


class PostgresServer:
    """A cluster that nobody else uses."""

    def __init__(self, programs: Path) -> None:
        """Make a new cluster and start it."""
        self._programs = programs
        # Not pytest's directory: a socket's path holds 107 bytes at most.
        self._directory = Path(tempfile.mkdtemp(prefix="outcrop-postgres-"))
        self._data = self._directory / "data"
        self._options: dict[str, Any] = {
            "cwd": self._directory,
            "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        }
        if os.getuid() == 0:
            user = pwd.getpwnam(UNPRIVILEGED)
            os.chown(self._directory, user.pw_uid, user.pw_gid)
            self._options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        subprocess.run(
            [programs / "initdb", "-D", self._data, "-U", "outcrop", "--auth", "trust"],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            **self._options,
        )
        self._process = self._start()

    def url(self, **settings: str) -> str:
        """Return the URL of its database, with settings for each connection."""
        query = "".join(f"&{name}={quote(value)}" for name, value in settings.items())
        return f"postgresql://outcrop@/postgres?host={quote(str(self._directory))}{query}"

    def kill(self) -> None:
        """Kill all its processes at once, and wait until they are gone."""
        pid = self._process.pid
        os.kill(pid, signal.SIGSTOP)
        os.waitpid(pid, os.WUNTRACED)  # from now on it starts no more
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        processes = [os.pidfd_open(int(child)) for child in children]
        for process in processes:
            signal.pidfd_send_signal(process, signal.SIGKILL)
        self._process.stop()
        for process in processes:
            select.select([process], [], [])  # readable once the process has ended
            os.close(process)

    def start_again(self) -> None:
        """Start the server over the files that are there."""
        self._process = self._start()

    def stop(self) -> None:
        """Stop the server and delete its files."""
        self._process.stop(signal.SIGQUIT)
        shutil.rmtree(self._directory)

    def _start(self) -> AnnouncedProcess:
        settings = ["-k", str(self._directory), "-c", "listen_addresses="]
        command = [str(self._programs / "postgres"), "-D", str(self._data), *settings]
        return AnnouncedProcess(command, "ready to accept connections", **self._options)
