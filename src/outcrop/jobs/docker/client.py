"""The command line that runs a program in a container.

Source: https://docs.docker.com/reference/cli/docker/container/run/
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace

from outcrop.jobs.interface import Mount, Program

TEMPORARY = "/tmp"  # noqa: S108 - compared, and each container's own
UNSAFE = "DOCKER_"
"""What variables begin with that would tell the client itself something."""


def container_of(run_id: str) -> str:
    """Return the name of a run's container."""
    return f"outcrop-{run_id}"


def network_of(run_id: str, program: Program) -> str:
    """Return the network of a container: the machine's, one of its peers alone, or none."""
    if program.has_network:
        return "host"
    if not program.peers:
        return "none"
    members = "/".join(sorted((run_id, *program.peers)))
    return f"outcrop-{hashlib.sha256(members.encode()).hexdigest()[:32]}"


def client_of(docker: Sequence[str], run_id: str, program: Program) -> Program:
    """Return the program that runs a program's container, and is held to what Docker does not hold.

    Args:
        docker: Docker's client, and where its daemon is.
        run_id: Whose container it is.
        program: What is to run.
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
            *_variables(program),
            *(("--entrypoint", program.entrypoint[0]) if program.entrypoint else ()),
            program.image,
            *program.entrypoint[1:],
            *program.command,
        ],
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


def _network(run_id: str, program: Program) -> Iterator[str]:
    yield from ("--network", network_of(run_id, program))
    if program.host_name:
        yield from ("--hostname", program.host_name)
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
        yield from ("--gpus", "all", "--env", "CUDA_VISIBLE_DEVICES")


def _variables(program: Program) -> Iterator[str]:
    """Give the variables: by their names alone, for who looks at processes sees no credentials."""
    for name, value in program.environment.items():
        is_told = value == TEMPORARY or name.startswith(UNSAFE)
        yield from ("--env", f"{name}={value}" if is_told else name)


def _mount(mount: Mount) -> str:
    fields = ["type=bind", f"source={mount.source.resolve()}", f"target={mount.target}"]
    if mount.access != "write":
        fields.append("readonly")
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(fields)
    return line.getvalue()
