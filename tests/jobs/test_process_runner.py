"""Programs in sandboxes of this machine: what they see, what they may take, how they end."""

import asyncio
import os
import select
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest

from outcrop.jobs.interface import (
    CannotRunError,
    End,
    Limits,
    Line,
    Mount,
    Program,
    UnknownRunError,
)
from outcrop.jobs.process.memory import memory_of
from outcrop.jobs.process.runner import ProcessRunner
from outcrop.jobs.process.sandbox import SANDBOXES, Isolation

pytestmark = pytest.mark.anyio

MIB = 1 << 20


async def texts(batches: AsyncIterator[Sequence[Line]]) -> list[str]:
    return [line.text async for batch in batches for line in batch]


@dataclass(frozen=True, slots=True)
class Bench:
    """A runner and a directory that its programs see as /opt/ml."""

    runner: ProcessRunner
    ml: Path

    def program(self, *command: str, **changes: object) -> Program:
        program = Program(
            command=command,
            environment={"PATH": os.environ["PATH"]},
            directory="/opt/ml",
            mounts=[Mount(source=self.ml, target="/opt/ml", access="write")],
        )
        return replace(program, **changes)

    async def run(self, *command: str, **changes: object) -> tuple[End, Sequence[str]]:
        await self.runner.start("run", self.program(*command, **changes))
        lines = await texts(self.runner.lines("run"))
        async with asyncio.timeout(60):
            return await self.runner.end("run"), lines

    async def python(self, code: str, **changes: object) -> tuple[End, Sequence[str]]:
        return await self.run(sys.executable, "-c", code, **changes)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    ml = tmp_path / "ml"
    ml.mkdir()
    return Bench(ProcessRunner(tmp_path / "runs"), ml)


async def test_a_program_is_run_with_its_own_environment_and_both_outputs_are_kept(
    bench: Bench,
) -> None:
    end, lines = await bench.run(
        "sh", "-c", "echo $GREETING; echo oops >&2; pwd", environment={"GREETING": "hé"}
    )

    assert lines == ["hé", "oops", "/opt/ml"]
    assert (end.reason, end.exit_code) == ("exited", 0)
    assert end.started_at < end.ended_at


@pytest.mark.parametrize(
    ("command", "exit_code"),
    [("exit 3", 3), ("kill -9 $$", 137), ("exec no-such-program", 127)],
)
async def test_the_end_tells_the_exit_code(bench: Bench, command: str, exit_code: int) -> None:
    end, _ = await bench.run("sh", "-c", command)

    assert (end.reason, end.exit_code) == ("exited", exit_code)


async def test_a_program_that_is_not_there_ends_like_in_a_shell(bench: Bench) -> None:
    end, lines = await bench.run("no-such-program")

    assert lines == ["no-such-program: No such file or directory"]
    assert end.exit_code == 127


async def test_what_is_written_to_a_mount_stays(bench: Bench) -> None:
    await bench.run("sh", "-c", "echo model > /opt/ml/model.txt")

    assert (bench.ml / "model.txt").read_text() == "model\n"


async def test_the_host_is_not_written_to(bench: Bench, tmp_path: Path) -> None:
    read_only = tmp_path / "data"
    read_only.mkdir()
    command = f"for f in {Path.home()} {Path.cwd()} /etc /opt/data; do touch $f/stray; done"
    _, lines = await bench.run(
        "sh",
        "-c",
        command,
        mounts=[Mount(source=read_only, target="/opt/data")],
        directory="/",
    )

    assert len(lines) == 4
    assert all(line.endswith("Read-only file system") for line in lines)
    assert list(read_only.iterdir()) == []


async def test_temporary_files_are_the_programs_own(bench: Bench, tmp_path: Path) -> None:
    file = Path("/tmp", uuid4().hex)
    _, lines = await bench.run("sh", "-c", f"ls /tmp {tmp_path}; echo x > {file}; cat {file}")

    assert "x" in lines
    assert not any(line.startswith("pytest-of") for line in lines)
    assert not file.exists()  # noqa: ASYNC240


async def test_a_hidden_directory_is_empty(bench: Bench, tmp_path: Path) -> None:
    secrets = Path.cwd() / "src"
    _, lines = await bench.run("ls", str(secrets), hidden=[secrets])

    assert lines == []
    assert list(secrets.iterdir())


async def test_changes_to_a_private_mount_are_seen_by_nobody_else(
    bench: Bench, tmp_path: Path
) -> None:
    shared = tmp_path / "environment"
    shared.mkdir()
    (shared / "old").write_text("old")

    _, lines = await bench.run(
        "sh",
        "-c",
        f"echo new > {shared}/new; rm {shared}/old; ls {shared}",
        mounts=[Mount(source=shared, target=str(shared), access="private")],
        directory="/",
    )

    assert lines == ["new"]
    assert [path.name for path in shared.iterdir()] == ["old"]


async def test_a_program_finds_itself_and_its_peers_by_name(bench: Bench) -> None:
    code = "import socket; print(socket.gethostname(), socket.gethostbyname('algo-2'))"
    _, lines = await bench.python(
        code, host_name="algo-1", hosts={"algo-1": "127.0.1.1", "algo-2": "127.0.1.2"}
    )

    assert lines == ["algo-1 127.0.1.2"]


async def test_a_program_does_not_see_the_processes_of_the_host(bench: Bench) -> None:
    code = f"import os; print(os.path.exists('/proc/{os.getpid()}/status'), os.getppid())"
    _, lines = await bench.python(code)

    assert lines == ["False 1"]


async def test_a_program_has_the_harmless_devices_alone(bench: Bench) -> None:
    _, lines = await bench.run(
        "sh", "-c", "ls /dev; echo x > /dev/null; head -c 3 /dev/urandom | wc -c"
    )

    harmless = {"null", "zero", "full", "random", "urandom", "tty", "shm"}
    links = {"fd", "stdin", "stdout", "stderr"}
    devices = set(lines) - {"3"}
    assert devices - {"dri", "kfd"} - {name for name in devices if name.startswith("nvidia")} == (
        harmless | links
    )
    assert "3" in lines


async def test_a_program_without_network_reaches_only_itself(bench: Bench) -> None:
    code = (
        "import socket\n"
        "try: socket.create_connection(('127.0.0.1', PORT), 1)\n"
        "except OSError as error: print(error.strerror)\n"
        "print(socket.if_nameindex())"
    )
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        _, lines = await bench.python(code.replace("PORT", str(port)), has_network=False)

    assert lines == ["Connection refused", "[(1, 'lo')]"]


MEET = """
import socket, time
listening = socket.create_server(("127.0.5.1", 5000))
ours, _ = listening.accept()
print(ours.recv(5).decode(), sorted(name for _, name in socket.if_nameindex()))
"""
VISIT = """
import socket, time
while True:
    try: peer = socket.create_connection(("127.0.5.1", 5000))
    except ConnectionRefusedError: time.sleep(0.01)
    else: break
peer.sendall(b"hello")
"""


async def test_peers_without_network_reach_one_another_and_nobody_else(bench: Bench) -> None:
    codes = {"first": MEET, "second": VISIT}
    programs = {
        run_id: bench.program(
            sys.executable,
            "-c",
            code,
            has_network=False,
            peers=[other for other in codes if other != run_id],
        )
        for run_id, code in codes.items()
    }
    # Both at once: whichever keeper comes first makes the network.
    await asyncio.gather(*(bench.runner.start(name, it) for name, it in programs.items()))
    async with asyncio.timeout(60):
        ends = [await bench.runner.end(run_id) for run_id in codes]

    assert await texts(bench.runner.lines("first")) == ["hello ['lo']"]
    assert [end.exit_code for end in ends] == [0, 0]
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.5.1", 5000)


async def test_a_program_whose_peers_have_ended_has_a_network_of_its_own(bench: Bench) -> None:
    for run_id in ("first", "second"):
        program = bench.program("true", has_network=False, peers=["first", "second"])
        await bench.runner.start(run_id, program)

        assert (await bench.runner.end(run_id)).exit_code == 0


async def test_a_program_takes_no_more_processors_than_it_may(bench: Bench) -> None:
    _, lines = await bench.run("nproc", limits=Limits(cpus=1))

    assert lines == ["1"]


async def test_a_program_that_takes_too_much_memory_is_ended(bench: Bench) -> None:
    code = "import time; data = bytearray(b'x') * (300 << 20); time.sleep(60)"
    end, _ = await bench.python(code, limits=Limits(memory_bytes=100 * MIB))

    assert (end.reason, end.exit_code) == ("out-of-memory", 137)


@pytest.mark.parametrize("isolation", SANDBOXES)
@pytest.mark.parametrize("session", ["", "os.setsid()"], ids=["one session", "sessions"])
async def test_a_program_that_forks_without_end_is_ended(
    tmp_path: Path, bench: Bench, isolation: Isolation, session: str
) -> None:
    bench = replace(bench, runner=ProcessRunner(tmp_path / "runs", isolations=(isolation,)))
    bomb = f"import os\nwhile True:\n  try: os.fork() or {session or None}\n  except OSError: pass"
    end, _ = await bench.python(bomb, limits=Limits(processes=64))

    assert (end.reason, end.exit_code) == ("too-many-processes", 137)
    assert (end.ended_at - end.started_at).total_seconds() < 10


async def test_a_program_that_fills_its_disk_is_ended(bench: Bench) -> None:
    code = (
        "import os, time\n"
        "for number in range(4):\n"
        "  with open(f'/tmp/{number}', 'wb') as file: os.posix_fallocate(file.fileno(), 0, SIZE)\n"
        "time.sleep(60)"
    )
    end, _ = await bench.python(
        code.replace("SIZE", str(40 * MIB)), limits=Limits(disk_bytes=100 * MIB)
    )

    assert (end.reason, end.exit_code) == ("out-of-disk", 137)


async def test_a_file_grows_no_larger_than_the_disk(bench: Bench) -> None:
    code = "open('/opt/ml/file', 'wb').write(b'x' * SIZE)"
    _, lines = await bench.python(
        code.replace("SIZE", str(20 * MIB)), limits=Limits(disk_bytes=10 * MIB)
    )

    assert lines[-1] == "OSError: [Errno 27] File too large"
    assert (bench.ml / "file").stat().st_size == 10 * MIB


async def test_runs_take_different_processors_while_there_are_some(bench: Bench) -> None:
    code = "import os; print(*os.sched_getaffinity(0), flush=True); input()"
    code = code.replace("input()", "import time; time.sleep(60)")
    taken: list[str] = []
    for number in range(2):
        program = bench.program(sys.executable, "-c", code, limits=Limits(cpus=1))
        await bench.runner.start(f"run-{number}", program)
        taken += [line.text for line in await anext(bench.runner.lines(f"run-{number}"))]
    for number in range(2):
        await bench.runner.stop(f"run-{number}")
        await bench.runner.end(f"run-{number}")

    assert len(set(taken)) == min(2, len(os.sched_getaffinity(0)))


async def test_memory_is_that_of_all_descendants() -> None:
    code = "import os; data = bytearray(b'x') * (64 << 20); print(flush=True); input()"
    command = ["sh", "-c", f'{sys.executable} -c "{code}"; true']
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    held = memory_of(process.pid)
    await process.communicate(b"\n")

    assert 64 * MIB < held < 128 * MIB


async def test_a_program_that_takes_too_long_is_asked_to_end(bench: Bench) -> None:
    script = "trap 'echo asked; exit 5' TERM; sleep 60 & wait"
    end, lines = await bench.run("sh", "-c", script, limits=Limits(seconds=0.2))

    assert lines == ["asked"]
    assert (end.reason, end.exit_code) == ("timed-out", 5)


async def test_a_program_that_does_not_end_when_asked_is_ended(bench: Bench) -> None:
    script = "trap '' TERM; echo ready; sleep 60; sleep 60"
    await bench.runner.start(
        "run", bench.program("sh", "-c", script, limits=Limits(grace_seconds=0.2))
    )
    async for lines in bench.runner.lines("run"):
        assert [line.text for line in lines] == ["ready"]
        await bench.runner.stop("run")

    end = await bench.runner.end("run")
    assert (end.reason, end.exit_code) == ("stopped", 137)


async def test_what_a_program_leaves_running_ends_with_it(bench: Bench) -> None:
    stray = "import os, time\nif os.fork() == 0:\n os.setsid()\n time.sleep(60)"
    end, _ = await bench.python(stray)

    assert end.exit_code == 0
    assert (end.ended_at - end.started_at).total_seconds() < 10


async def test_much_output_is_kept_whole(bench: Bench) -> None:
    _, lines = await bench.python("for n in range(200_000): print(n, 'x' * 40)")

    assert lines == [f"{n} {'x' * 40}" for n in range(200_000)]


async def test_output_beyond_the_limit_is_dropped_and_said_to_be(bench: Bench) -> None:
    end, lines = await bench.python(
        "for n in range(100_000): print('x' * 99)", limits=Limits(output_bytes=1000)
    )

    assert lines == ["x" * 99] * 9 + ["The output is longer than is kept; the rest is dropped."]
    assert end.exit_code == 0


async def test_output_goes_on_behind_any_line(bench: Bench) -> None:
    await bench.run("sh", "-c", "echo one; echo two; printf three")
    first, second, _ = await anext(bench.runner.lines("run"))

    behind = bench.runner.lines("run", offset=first.next_offset)
    assert await texts(behind) == ["two", "three"]
    behind = bench.runner.lines("run", offset=second.next_offset)
    assert await texts(behind) == ["three"]


async def test_a_run_is_started_once(bench: Bench) -> None:
    program = bench.program("sh", "-c", "echo started >> /opt/ml/starts")
    await asyncio.gather(*(bench.runner.start("run", program) for _ in range(4)))
    await bench.runner.end("run")
    await bench.runner.start("run", program)
    await bench.runner.end("run")

    assert (bench.ml / "starts").read_text() == "started\n"


async def test_a_run_outlives_the_server_that_started_it(bench: Bench, tmp_path: Path) -> None:
    code = f"""
import asyncio, os, signal
from pathlib import Path
from outcrop.jobs.interface import Mount, Program
from outcrop.jobs.process.runner import ProcessRunner
from outcrop.jobs.process.sandbox import SANDBOXES, Isolation
program = Program(
    command=["sh", "-c", "echo one; while [ ! -e go ]; do sleep 0.05; done; echo two; exit 4"],
    environment={{"PATH": "{os.environ["PATH"]}"}},
    directory="/opt/ml",
    mounts=[Mount(source=Path("{bench.ml}"), target="/opt/ml", access="write")],
)
asyncio.run(ProcessRunner(Path("{tmp_path}/runs")).start("run", program))
os.kill(0, signal.SIGKILL)
"""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, start_new_session=True
    )
    assert await server.wait() == -signal.SIGKILL

    ending = asyncio.create_task(bench.runner.end("run"))
    lines = bench.runner.lines("run")
    assert [line.text for line in await anext(lines)] == ["one"]
    (bench.ml / "go").touch()

    assert await texts(lines) == ["two"]
    assert (await ending).exit_code == 4


@pytest.mark.parametrize("isolation", [*SANDBOXES, "none"])
async def test_a_run_whose_keeper_is_killed_is_lost_and_leaves_nothing_running(
    bench: Bench, tmp_path: Path, isolation: Isolation
) -> None:
    bench = replace(bench, runner=ProcessRunner(tmp_path / "runs", isolations=(isolation,)))
    os.mkfifo(bench.ml / "held")
    until_closed = asyncio.create_task(asyncio.to_thread((bench.ml / "held").read_bytes))
    holding = "import time; held = open('/opt/ml/held', 'wb'); print('ready', flush=True)"
    await bench.runner.start(
        "run", bench.program(sys.executable, "-c", f"{holding}; time.sleep(60)")
    )
    lines = bench.runner.lines("run")
    assert [line.text for line in await anext(lines)] == ["ready"]
    ending = asyncio.create_task(bench.runner.end("run"))

    document = (bench.ml.parent / "runs" / "run" / "keeper.json").read_text()
    os.kill(int(document.partition(": ")[2].partition(",")[0]), signal.SIGKILL)
    async with asyncio.timeout(30):
        end = await ending
        assert await texts(lines) == []
        assert await until_closed == b""

    assert (end.reason, end.exit_code) == ("lost", None)


async def test_surroundings_that_cannot_be_made_are_told(bench: Bench, tmp_path: Path) -> None:
    missing = Mount(source=tmp_path / "none", target="/opt/ml")
    with pytest.raises(CannotRunError, match=r"No such file or directory.*none"):
        await bench.runner.start("run", bench.program("true", mounts=[missing]))


async def test_unknown_runs_are_told_apart_from_forgotten_ones(bench: Bench) -> None:
    with pytest.raises(UnknownRunError):
        await bench.runner.end("none")
    await bench.run("true")
    await bench.runner.forget("run")
    with pytest.raises(UnknownRunError):
        await bench.runner.stop("run")


def process_of(command: Sequence[str]) -> int:
    said = "\0".join((*command, "")).encode()
    found = [path for path in Path("/proc").glob("[0-9]*/cmdline") if path.read_bytes() == said]
    return int(found[0].parent.name)


async def test_a_program_whose_folder_is_gone_ends(bench: Bench, tmp_path: Path) -> None:
    command = ["sleep", "4711.25"]
    await bench.runner.start("run", bench.program(*command))
    handle = os.pidfd_open(process_of(command))
    shutil.rmtree(tmp_path / "runs")
    try:
        is_over, _, _ = await asyncio.to_thread(select.select, [handle], [], [], 20)
    finally:
        os.close(handle)

    assert is_over
