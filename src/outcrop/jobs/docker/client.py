"""The command line that runs a program in a container.

Source: https://docs.docker.com/reference/cli/docker/container/run/
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from outcrop.jobs.docker.networks import network_of
from outcrop.jobs.interface import Mount, Program

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where the client finds the programs that know passwords of registries."""
LONGEST_LINE = 32 << 10
"""Of a file of variables. The client gives up on lines of 64 KiB."""


def container_of(run_id: str) -> str:
    """Return the name of a run's container."""
    return f"outcrop-{run_id}"


def client_of(docker: Sequence[str], run_id: str, program: Program, variables: Path) -> Program:
    """Return the program that runs a program's container, and is held to what Docker does not hold.

    It is no sandbox that the client is in: so nothing of the program's environment is in its own.

    Args:
        docker: Docker's client, and where its daemon is.
        run_id: Whose container it is.
        program: What is to run.
        variables: The file of its variables, as `lines_of` gives it.
    """
    limits = replace(program.limits, cpus=None, memory_bytes=None, processes=None)
    written = [mount for mount in program.mounts if mount.access == "write"]
    return replace(
        program,
        command=[
            *docker,
            *("run", "--name", container_of(run_id), "--pull", "missing", "--quiet"),
            *_network(run_id, program),
            *_limits(program),
            *(word for mount in program.mounts for word in ("--mount", _mount(mount))),
            *("--env-file", str(variables)),
            *(word for line in _told(program.environment) for word in ("--env", line)),
            *(("--entrypoint", program.entrypoint[0]) if program.entrypoint else ()),
            program.image,
            *program.entrypoint[1:],
            *program.command,
        ],
        environment={"PATH": SYSTEM_PATH},
        entrypoint=(),
        directory="/",
        host_name="",
        hosts={},
        # Nothing is mounted for the client: so much may be written there.
        mounts=[replace(mount, target=str(mount.source)) for mount in written],
        hidden=(),
        has_network=True,
        limits=limits,
    )


def lines_of(environment: Mapping[str, str]) -> Iterator[str]:
    """Give the variables as the lines of a file, which others of this machine do not see."""
    for name, value in environment.items():
        if _is_line(name, value):
            yield f"{name}={value}"


def _told(environment: Mapping[str, str]) -> Iterator[str]:
    """Give the variables that are no lines of a file."""
    for name, value in environment.items():
        if not _is_line(name, value):
            yield f"{name}={value}"


def _is_line(name: str, value: str) -> bool:
    return not {"\n", "\r"} & set(value) and len(name) + len(value.encode()) < LONGEST_LINE


def _network(run_id: str, program: Program) -> Iterator[str]:
    yield from ("--network", network_of(run_id, program))
    if program.host_name:
        yield from ("--hostname", program.host_name)
    if program.port:
        return
    if program.has_network:
        for name, address in program.hosts.items():
            yield from ("--add-host", f"{name}:{address}")
    elif program.peers:
        yield from ("--network-alias", program.host_name)


def _limits(program: Program) -> Iterator[str]:
    limits = program.limits
    if limits.cpus is not None:
        yield from ("--cpus", str(limits.cpus))
    if limits.memory_bytes is not None:
        for name in ("--memory", "--memory-swap", "--shm-size"):
            yield from (name, str(limits.memory_bytes))
    if limits.processes is not None:
        yield from ("--pids-limit", str(limits.processes))
    if limits.gpus:
        # Which ones, the keeper tells the client.
        yield from ("--gpus", "all", "--env", "CUDA_VISIBLE_DEVICES")


def _mount(mount: Mount) -> str:
    fields = ["type=bind", f"source={mount.source.resolve()}", f"target={mount.target}"]
    if mount.access != "write":
        fields.append("readonly")
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(fields)
    return line.getvalue()
