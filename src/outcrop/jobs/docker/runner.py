"""Runs programs that have an image in containers, and all others as another runner does."""

import asyncio
import subprocess
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from pathlib import Path

from outcrop.jobs.docker.client import client_of, container_of, network_of
from outcrop.jobs.gpus import Gpu
from outcrop.jobs.interface import CannotRunError, End, Line, Program
from outcrop.jobs.process.folder import RunFolder
from outcrop.jobs.process.runner import ProcessRunner

OUT_OF_MEMORY = "true"
SHARED = "outcrop-"
"""What networks begin with that were made for a job."""


class DockerRunner:
    """Implements `outcrop.jobs.interface.Runner` by Docker's client."""

    def __init__(
        self,
        local: ProcessRunner,
        directory: Path,
        *,
        docker: Sequence[str],
        gpus: Sequence[Gpu] | None = None,
    ) -> None:
        """Run containers.

        Args:
            local: Runs what has no image.
            directory: Where both keep what is kept of runs.
            docker: Docker's client, and where its daemon is.
            gpus: Those that programs may have.
        """
        self._local = local
        self._directory = directory
        self._clients = ProcessRunner(directory, isolations=("none",), gpus=gpus)
        self._docker = docker

    async def start(self, run_id: str, program: Program) -> None:
        """See `Runner.start`."""
        if not program.image:
            await self._local.start(run_id, program)
            return
        if RunFolder(self._directory / run_id).read("keeper") is None:
            await self._prepare(network_of(run_id, program))
        await self._clients.start(run_id, client_of(self._docker, run_id, program))

    async def end(self, run_id: str) -> End:
        """See `Runner.end`; the container goes."""
        end = await self._local.end(run_id)
        run = RunFolder(self._directory / run_id)
        if not self._is_container(run):
            return end
        question = ("inspect", "--format", "{{.State.OOMKilled}}", container_of(run_id))
        is_told, said = await self._ask(*question)
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
        if self._is_container(run):
            command: list[str] = (run.read("program") or {"command": []})["command"]
            await self._ask("rm", "--force", container_of(run_id))
            for network in command:
                if network.startswith(SHARED) and network != container_of(run_id):
                    await self._ask("network", "rm", network)  # The last of its peers succeeds.
        await self._local.forget(run_id)

    def _is_container(self, run: RunFolder) -> bool:
        return bool((run.read("program") or {}).get("image"))

    async def _prepare(self, network: str) -> None:
        """See that there is a daemon, and the network.

        Raises:
            CannotRunError: There is none.
        """
        answers, said = await self._ask("version", "--format", "{{.Server.Version}}")
        if not answers:
            raise CannotRunError(f"Docker runs no images here: {said}")
        if network.startswith(SHARED):  # Unless a peer has made it.
            await self._ask("network", "create", "--internal", network)

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
