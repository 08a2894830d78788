"""The files of a run, from the server to a node and back."""

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from outcrop.jobs.interface import End, Program
from outcrop.jobs.ray import parcels

if TYPE_CHECKING:
    from outcrop.jobs.ray.cluster import Remote

SYNC_SECONDS = 2.0
"""How often what a program writes comes to the server while it runs."""


async def send(program: Program, instance: "Remote") -> None:
    """Bring the files of a program's mounts to an instance; environments are made there.

    Raises:
        CannotSendError: There is a pipe among them.
        InstanceLostError: It is lost.
    """
    for number, mount in enumerate(program.mounts):
        if str(mount.source) == mount.target:
            continue
        with tempfile.NamedTemporaryFile(suffix=".tar") as file:
            archive = Path(file.name)
            await asyncio.to_thread(parcels.pack_all, mount.source, archive)
            offset = 0
            for piece in parcels.pieces(archive):
                await instance.ask("receive", number, offset, piece)
                offset += len(piece)
        await instance.ask("unpack", number)


class Mirror:
    """Keeps what the mounts of a run hold here as it is on the node; nothing is deleted."""

    def __init__(self, instance: "Remote", folders: Mapping[int, Path]) -> None:
        self._instance = instance
        self._folders = folders
        self._come: dict[int, int] = {}

    async def end(self) -> End | None:
        """Return how the program ended; `None` if it goes on. What it has written is here then.

        Raises:
            InstanceLostError: It is lost.
        """
        end: End | None = await self._instance.ask("end", SYNC_SECONDS)
        for number, folder in self._folders.items():
            await self._bring(number, folder)
        return end

    async def _bring(self, number: int, folder: Path) -> None:
        come = self._come.get(number, 0)
        serial, size = await self._instance.ask("offer", number, come)
        if size:
            with tempfile.NamedTemporaryFile(suffix=".tar") as file:
                offset = 0
                while piece := await self._instance.ask("give", number, offset):
                    await asyncio.to_thread(file.write, piece)
                    offset += len(piece)
                file.flush()
                await asyncio.to_thread(parcels.unpack, Path(file.name), folder)
        self._come[number] = serial
