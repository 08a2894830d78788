"""Runs programs that have an image in containers, and all others as another runner does."""

import asyncio
import re
import subprocess
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from pathlib import Path

from outcrop.jobs.docker.client import client_of, container_of, lines_of
from outcrop.jobs.docker.networks import (
    PLACE,
    SHARED,
    Neighbourhood,
    making_of,
    network_of,
)
from outcrop.jobs.docker.relay import Relay
from outcrop.jobs.docker.usage import usage_of
from outcrop.jobs.gpus import Gpu
from outcrop.jobs.interface import THIS_MACHINE, CannotRunError, End, Line, Program, Usage
from outcrop.jobs.process.folder import RunFolder
from outcrop.jobs.process.runner import ProcessRunner

OUT_OF_MEMORY = "true"
VARIABLES, REACHED = "variables", "reached"
"""Files of a run beside the keeper's: the container's variables, and at which ports it looks for
the server."""
ADDRESS = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
PORT = re.compile(rf"{re.escape(THIS_MACHINE)}:(\d+)")


class DockerRunner:
    """Implements `outcrop.jobs.interface.Runner` by Docker's client."""

    def __init__(
        self,
        local: ProcessRunner,
        directory: Path,
        *,
        docker: Sequence[str],
        gpus: Sequence[Gpu] | None = None,
        url: str = "",
    ) -> None:
        """Run containers.

        Args:
            local: Runs what has no image.
            directory: Where both keep what is kept of runs.
            docker: Docker's client, and where its daemon is.
            gpus: Those that programs may have.
            url: Where this machine's programs reach the server; empty: nowhere.
        """
        self._local = local
        self._directory = directory
        self._clients = ProcessRunner(directory, isolations=("none",), gpus=gpus)
        self._docker = docker
        self._relay = Relay(url)

    async def start(self, run_id: str, program: Program) -> None:
        """See `Runner.start`."""
        if not program.image:
            await self._local.start(run_id, program)
            return
        run = RunFolder.below(self._directory, run_id)
        network = network_of(run_id, program)
        if run.read("keeper") is None:
            await self._prepare(network)
        place = await self._place(network) if program.port else None
        if run.read("keeper") is None:
            told = _at(place, program)
            await asyncio.to_thread(_keep, run, told, ports=_ports(program))
            program = told
        if place is not None and program.has_network:
            for port in (run.read(REACHED) or {"ports": []})["ports"]:
                await self._relay.open(place, port)
        client = client_of(self._docker, run_id, program, run.path / VARIABLES)
        await self._clients.start(run_id, client)

    async def end(self, run_id: str) -> End:
        """See `Runner.end`; the container goes."""
        end = await self._local.end(run_id)
        run = RunFolder(self._directory / run_id)
        if not _is_container(run):
            return end
        is_told, said = await self._look(run_id, "{{.State.OOMKilled}}")
        if is_told and said == OUT_OF_MEMORY and end.reason == "exited":
            run.write("end", {**(run.read("end") or {}), "reason": "out-of-memory"})
            end = replace(end, reason="out-of-memory")
        await self._ask("rm", "--force", container_of(run_id))
        return end

    def lines(self, run_id: str, *, offset: int = 0) -> AsyncGenerator[Sequence[Line], None]:
        """See `Runner.lines`."""
        return self._local.lines(run_id, offset=offset)

    async def stop(self, run_id: str) -> None:
        """See `Runner.stop`; the client passes the signal on."""
        await self._local.stop(run_id)

    async def forget(self, run_id: str) -> None:
        """See `Runner.forget`."""
        run = RunFolder(self._directory / run_id)
        if _is_container(run):
            command: list[str] = (run.read("program") or {"command": []})["command"]
            await self._ask("rm", "--force", container_of(run_id))
            for network in command:
                if network.startswith(SHARED) and network != container_of(run_id):
                    await self._ask("network", "rm", network)  # The last of its peers succeeds.
        await self._local.forget(run_id)

    async def address(self, run_id: str) -> str | None:
        """See `ReachingRunner.address`."""
        is_told, said = await self._look(run_id, ADDRESS)
        return said if is_told and said else None

    async def usage(self, run_id: str) -> Usage | None:
        """See `MeasuringRunner.usage`."""
        if not _is_container(RunFolder(self._directory / run_id)):
            return await self._local.usage(run_id)
        is_told, said = await self._look(run_id, "{{.State.Pid}}")
        return await asyncio.to_thread(usage_of, int(said)) if is_told else None

    async def close(self) -> None:
        """Let containers reach the server no more; they go on."""
        await self._relay.close()

    async def _prepare(self, network: str) -> None:
        """See that there is a daemon, and the network.

        Raises:
            CannotRunError: There is none.
        """
        answers, said = await self._ask("version", "--format", "{{.Server.Version}}")
        if not answers:
            raise CannotRunError(f"Docker runs no images here: {said}")
        making = making_of(network)
        if making and not (await self._ask("network", "inspect", network))[0]:
            await self._ask(*making)  # Unless a peer has made it by now.

    async def _place(self, network: str) -> Neighbourhood:
        """Return a network as this machine is in it.

        Raises:
            CannotRunError: It is not there.
        """
        is_there, said = await self._ask("network", "inspect", "--format", PLACE, network)
        if not is_there:
            raise CannotRunError(f"Docker has no network {network}: {said}")
        return Neighbourhood.of(said)

    async def _look(self, run_id: str, what: str) -> tuple[bool, str]:
        """Return what Docker tells of a run's container."""
        return await self._ask("inspect", "--format", what, container_of(run_id))

    async def _ask(self, *words: str) -> tuple[bool, str]:
        """Return whether Docker does something, and what it says."""
        try:
            done = await asyncio.to_thread(
                subprocess.run,
                [*self._docker, *words],
                capture_output=True,
                check=False,
                text=True,
                stdin=subprocess.DEVNULL,
            )
        except OSError as error:
            return False, str(error)
        return not done.returncode, (done.stdout if not done.returncode else done.stderr).strip()


def _is_container(run: RunFolder) -> bool:
    return bool((run.read("program") or {}).get("image"))


def _at(place: Neighbourhood | None, program: Program) -> Program:
    """Return a program whose variables tell this machine's address in its network."""
    if place is None:
        return program
    environment = {
        name: value.replace(THIS_MACHINE, str(place.gateway))
        for name, value in program.environment.items()
    }
    return replace(program, environment=environment)


def _ports(program: Program) -> Sequence[int]:
    """Return the ports of this machine that a program's variables tell."""
    found = (PORT.findall(value) for value in program.environment.values())
    return sorted({int(port) for ports in found for port in ports})


def _keep(run: RunFolder, program: Program, *, ports: Sequence[int]) -> None:
    """Write what belongs to the run of a container."""
    run.path.mkdir(parents=True, exist_ok=True)
    file = run.path / VARIABLES
    file.touch(mode=0o600)
    file.write_text("".join(f"{line}\n" for line in lines_of(program.environment)), "utf-8")
    run.write(REACHED, {"ports": ports})
