"""Keeps one run: starts the program, keeps its output, holds it to its limits, tells its end.

`python -m outcrop.jobs.process.keeper FOLDER` returns once the program runs, or fails and says why;
the keeper itself goes on beside the server and outlives it.

    keeper ── what stands outside the namespaces and writes the run's folder
      └─ gate ── leaves the host's namespaces
           └─ init ── the first process inside; when it ends, the kernel ends all others
                └─ the program
"""

import contextlib
import os
import resource
import select
import selectors
import signal
import sys
import time
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from outcrop.jobs.interface import Reason
from outcrop.jobs.process import control_group, network, syscalls
from outcrop.jobs.process.by_path import by_path
from outcrop.jobs.process.control_group import ControlGroup
from outcrop.jobs.process.folder import RunFolder
from outcrop.jobs.process.graphics import Graphics
from outcrop.jobs.process.memory import family_of
from outcrop.jobs.process.network import Network
from outcrop.jobs.process.output import OutputWriter
from outcrop.jobs.process.processors import Processors
from outcrop.jobs.process.sandbox import (
    KEPT_CAPABILITIES,
    Isolation,
    Layout,
    furnish,
    leave_namespaces,
)
from outcrop.jobs.process.watch import SHORT_LOOK_SECONDS, Watch

LAST_OUTPUT_SECONDS = 5.0
"""How long output is read after the end, where processes may have been left over."""
STARTED, FAILED = b"+", b"-"
"""The first byte of a report."""
NOT_FOUND, NOT_EXECUTABLE = 127, 126
"""Exit codes of programs that cannot be started, as shells have them."""


def main(folder: Path) -> None:
    """Start the run of a folder, unless it was started before, and go on keeping it."""
    run = RunFolder(folder)
    told, telling = os.pipe()
    if os.fork():
        os.close(telling)
        with os.fdopen(told, "rb") as pipe:
            said = pipe.read().decode(errors="replace")
        sys.exit(said or None)
    os.close(told)
    os.setsid()
    syscalls.adopt_orphans()
    with run.locked() as is_ours:
        if is_ours and run.read("keeper") is None:
            _keep(run, telling)


def _keep(run: RunFolder, telling: int) -> None:
    """Keep a run to its end; what is said through `telling` is why it could not be started."""
    log = os.open(run.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDWR)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    program = run.read("program")
    if program is None:
        os.write(telling, b"The run's folder holds no program.")
        return
    try:
        keeper = Keeper(run, program)
        keeper.start()
    except OSError as error:
        os.write(telling, str(error).encode())
        return
    os.close(telling)
    end = keeper.keep()
    if run.path.exists():
        run.write("end", end)


class Keeper:
    """The keeper of one program."""

    def __init__(self, run: RunFolder, program: Mapping[str, Any]) -> None:
        self._run = run
        self._program: Mapping[str, Any] = program
        self._limits: Mapping[str, Any] = program["limits"]
        self._started = time.time()
        self._reason: Reason = "exited"
        self._kill_at: float | None = None
        self._gate = 0
        self._owner = os.pidfd_open(owner) if (owner := program["owner"]) is not None else None
        self._has_peers = bool(program["peers"]) and not program["has_network"]
        self._network: Network | None = None
        self._reports = self._prints = -1
        self._wakened, self._waking = os.pipe()
        self._group = ControlGroup.make(f"outcrop-{run.path.name}", self._limits)
        self._graphics: Graphics | None = None
        self._processors = Processors.take(self._limits["cpus"])
        self._watch = Watch(self._limits, self._group, _written_folders(run, program))

    def start(self) -> None:
        """Start the program, as isolated as the kernel and the runner allow.

        Raises:
            OSError: It could not be started at all.
        """
        with self._peers():
            self._take_graphics()
            problem = ""
            for isolation in self._program["isolations"]:
                problem = self._try(isolation)
                if not problem:
                    self._listen()
                    self._run.write("keeper", self._told(isolation))
                    return
                print(f"Without {isolation} isolation: {problem}", file=sys.stderr)  # noqa: T201
            control_group.remove(self._groups())
            raise OSError(problem)

    def keep(self) -> dict[str, Any]:
        """Wait for the program's end, its limits or a signal, and return how it ended."""
        with self._run.output.open("ab") as file, selectors.DefaultSelector() as selector:
            writer = OutputWriter(file, most_bytes=self._limits["output_bytes"])
            selector.register(self._prints, selectors.EVENT_READ, writer.write)
            selector.register(self._reports, selectors.EVENT_READ)
            selector.register(self._wakened, selectors.EVENT_READ, bytes)
            exit_code = self._wait(selector)
            writer.close()
        self._reason = self._watch.last_look() or self._reason
        control_group.remove(self._groups())
        return {
            "reason": self._reason,
            "exit_code": exit_code,
            "started_at": self._started,
            "ended_at": time.time(),
        }

    @contextlib.contextmanager
    def _peers(self) -> Generator[None, None, None]:
        """Take the network of the run's peers; where none of them runs, its own will be theirs."""
        if not self._has_peers and self._limits["gpus_shared_with"] != "peers":
            yield
            return
        with network.one_at_a_time(self._run):
            if self._has_peers:
                self._network = network.find(self._run, self._program["peers"])
            yield

    def _take_graphics(self) -> None:
        self._graphics = Graphics.take(self._run, self._program)
        if self._graphics is not None and self._program["gpus"]:
            environment: Mapping[str, str] = self._program["environment"]
            told = {**environment, **self._graphics.environment}
            self._program = {**self._program, "environment": told}

    def _told(self, isolation: Isolation) -> Mapping[str, Any]:
        """Return what the runner and the keepers of its peers are to know of this keeper."""
        if self._has_peers and self._network is None:
            self._network = Network.of(self._gate)
        return {
            "pid": os.getpid(),
            "isolation": isolation,
            "groups": self._groups(),
            "network": self._namespaces(),
            "gpus": self._graphics.indexes if self._graphics is not None else [],
        }

    def _namespaces(self) -> list[int]:
        return list(self._network.namespaces) if self._network is not None else []

    def _groups(self) -> list[str]:
        return [str(folder) for folder in self._group.folders] if self._group is not None else []

    def _listen(self) -> None:
        """Take SIGTERM for the wish that the program end."""
        for number in (self._wakened, self._waking):
            os.set_blocking(number, False)
        signal.set_wakeup_fd(self._waking)
        signal.signal(signal.SIGTERM, self._be_asked)

    def _try(self, isolation: Isolation) -> str:
        """Start the program and return why that is not possible, or nothing."""
        self._reports, reporting = os.pipe()
        self._prints, printing = os.pipe()
        self._gate = os.fork()
        if not self._gate:
            _close_all_but(reporting, printing, *self._namespaces())
            with _reported(reporting):
                self._enter_limits()
            _pass_gate(self._layout(), self._program, isolation, reporting, printing)
        os.close(reporting)
        os.close(printing)
        if os.read(self._reports, 1) == STARTED:
            return ""
        said = os.read(self._reports, 1 << 16)
        os.close(self._reports)
        os.close(self._prints)
        os.waitpid(self._gate, 0)
        return said.decode(errors="replace") or "it ended before it said why"

    def _layout(self) -> Layout:
        program = self._program
        return Layout(
            self._run.path,
            *(program[name] for name in ("mounts", "hidden", "hosts", "host_name", "has_network")),
            network=self._network,
            memory_bytes=self._limits["memory_bytes"],
            gpus=self._graphics.devices if self._graphics is not None else None,
        )

    def _enter_limits(self) -> None:
        """Subject this process, and all that it will start, to what the kernel itself limits."""
        if self._group is not None:
            self._group.enter()
        if self._processors is not None:
            os.sched_setaffinity(0, self._processors.numbers)
        if (disk := self._limits["disk_bytes"]) is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (disk, disk))

    def _wait(self, selector: selectors.BaseSelector) -> int:
        """Serve the pipes until the program has ended and its output is read."""
        exit_code: int | None = None
        last_output_at = float("inf")
        while selector.get_map() and time.monotonic() < last_output_at:
            for key, _ in selector.select(SHORT_LOOK_SECONDS):
                data = _read(key.fd)
                if key.data is not None and data:
                    key.data(data)
                elif key.fd == self._reports:
                    exit_code = int(data) if data else 128 + signal.SIGKILL
                    selector.unregister(self._reports)
                    selector.unregister(self._wakened)
                    _end(self._gate)
                    last_output_at = time.monotonic() + LAST_OUTPUT_SECONDS
                elif not data:
                    selector.unregister(key.fd)
            if exit_code is None:
                self._hold_to_limits()
        return 128 + signal.SIGKILL if exit_code is None else exit_code

    def _hold_to_limits(self) -> None:
        if not self._run.path.exists():  # The server's data are gone, and nobody can ask for it.
            os.kill(self._gate, signal.SIGKILL)
        if self._owner is not None and select.select([self._owner], [], [], 0)[0]:  # It has ended.
            os.kill(self._gate, signal.SIGKILL)
        seconds = self._limits["seconds"]
        if seconds is not None and time.time() > self._started + seconds:
            self._stop("timed-out")
        if (passed := self._watch.look(self._gate)) is not None:
            self._reason = passed
            os.kill(self._gate, signal.SIGKILL)
        if self._kill_at is not None and time.monotonic() > self._kill_at:
            os.kill(self._gate, signal.SIGKILL)

    def _be_asked(self, _signal: int, _frame: FrameType | None) -> None:
        self._stop("stopped")

    def _stop(self, reason: Reason) -> None:
        if self._kill_at is None:
            self._reason = reason
            self._kill_at = time.monotonic() + self._limits["grace_seconds"]
            os.kill(self._gate, signal.SIGTERM)


def _pass_gate(
    layout: Layout, program: Mapping[str, Any], isolation: Isolation, reporting: int, printing: int
) -> NoReturn:
    """Become the gate: leave the namespaces, start the first process inside, pass signals on."""
    with _reported(reporting):
        syscalls.die_with_parent(signal.SIGKILL)
        if isolation != "none":
            leave_namespaces(layout, isolation)
    init = os.fork()
    if not init:
        _be_init(layout, program, isolation, reporting, printing)
    os.close(reporting)
    os.close(printing)
    _pass_on_to(init)
    _wait_for(init)
    os._exit(0)


def _be_init(
    layout: Layout, program: Mapping[str, Any], isolation: Isolation, reporting: int, printing: int
) -> NoReturn:
    """Become the first process inside: furnish the root, start the program, bury its orphans."""
    with _reported(reporting):
        syscalls.die_with_parent(signal.SIGKILL)
        if isolation == "none":
            program = by_path(layout, program)
        else:
            furnish(layout, isolation)
    child = os.fork()
    if not child:
        os.close(reporting)
        _be_program(program, isolation, printing)
    os.close(printing)
    _pass_on_to(child)
    os.write(reporting, STARTED)
    exit_code = _wait_for(child)
    os.write(reporting, str(exit_code).encode())
    os._exit(0)


def _be_program(program: Mapping[str, Any], isolation: Isolation, printing: int) -> NoReturn:
    """Become the program."""
    os.setsid()
    os.dup2(printing, 1)
    os.dup2(printing, 2)
    for number in (signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    command: list[str] = program["command"]
    try:
        os.chdir(program["directory"])
        if isolation != "none":  # The user's other processes are not the program's.
            _limit_processes(program["limits"]["processes"])
        if os.getuid() == 0:
            syscalls.drop_capabilities(kept=KEPT_CAPABILITIES)
        syscalls.die_with_parent(signal.SIGKILL)
        os.execvpe(command[0], command, program["environment"])  # noqa: S606 - what runners do
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        os._exit(NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE)


def _close_all_but(*kept: int) -> None:
    """Close what is the keeper's: its lock is held for as long as anybody has it open."""
    for path in Path("/proc/self/fd").iterdir():
        number = int(path.name)
        if number > sys.stderr.fileno() and number not in kept:
            with contextlib.suppress(OSError):  # The directory's own.
                os.close(number)


def _limit_processes(count: int | None) -> None:
    """Limit how many processes the user of a namespace has; root has no such limit."""
    if count is not None:
        _, most = resource.getrlimit(resource.RLIMIT_NPROC)
        allowed = count if most == resource.RLIM_INFINITY else min(count, most)
        resource.setrlimit(resource.RLIMIT_NPROC, (allowed, allowed))


def _written_folders(run: RunFolder, program: Mapping[str, Any]) -> list[Path]:
    """Return where a program's files are: what it may write to, and what only it sees."""
    mounts = [Path(mount["source"]) for mount in program["mounts"] if mount["access"] == "write"]
    return [*mounts, run.path / "tmp", run.path / "private"]


@contextlib.contextmanager
def _reported(reporting: int) -> Generator[None, None, None]:
    """Tell the keeper what goes wrong, and end."""
    try:
        yield
    except OSError as error:
        os.write(reporting, FAILED + str(error).encode())
        os._exit(1)


def _pass_on_to(child: int) -> None:
    """Pass the wish that the program end on to a child."""

    def ask(number: int, _frame: FrameType | None) -> None:
        os.kill(child, number)

    signal.signal(signal.SIGTERM, ask)


def _wait_for(child: int) -> int:
    """Bury all children until one of them has ended, and return its exit code."""
    while True:
        ended, status = os.wait()
        if ended == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _end_orphans() -> None:
    """End what came to the keeper from the program, where no namespace does.

    All of it is halted before any of it is ended: what is halted starts nothing, and leaves no room
    for what is not, so that a program that forks without end does end.
    """
    halted: set[int] = set()
    with contextlib.suppress(ChildProcessError):  # Nobody is left.
        while True:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
            family = set(family_of(os.getpid())[1:])
            if unknown := family - halted:
                _signal(unknown, signal.SIGSTOP)
                halted |= unknown
            else:
                _signal(family, signal.SIGKILL)
                os.wait()


def _signal(processes: Iterable[int], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)


def _end(gate: int) -> None:
    """End the gate, and with it all that is inside."""
    os.kill(gate, signal.SIGKILL)
    os.waitpid(gate, 0)
    _end_orphans()


def _read(number: int) -> bytes:
    try:
        return os.read(number, 1 << 16)
    except BlockingIOError:
        return b""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
