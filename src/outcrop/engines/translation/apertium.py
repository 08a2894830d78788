"""Translation by Apertium's rules, run as a program where it is installed.

Source: https://wiki.apertium.org/wiki/Apertium-translate-text; https://wiki.apertium.org/wiki/Modes
"""

import asyncio
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from outcrop.engines.translation.interface import Ask, Pair, TranslatorTraits
from outcrop.engines.translation.languages import NAMES, base
from outcrop.engines.workers.engine import EngineFailedError

PROGRAM = "apertium"
FOLDERS = (Path("/usr/share/apertium/modes"), Path("/usr/local/share/apertium/modes"))
ISO_639_3 = """
af afr bg bul ca cat cs ces cy cym da dan de deu en eng es spa fr fra hi hin id ind is isl it ita
kk kaz mk mkd ms msa mt mlt nl nld no nob pl pol pt por ro ron ru rus sl slv sr srp sv swe tr tur
uk ukr ur urd uz uzb
"""
LIMIT_SECONDS = 60.0
UNKNOWN = re.compile(r"(?<!\w)[*@#](?=\w)")
"""Stands before words that the rules do not know."""


@dataclass(frozen=True, slots=True)
class _Mode:
    name: str
    pair: Pair


class ApertiumTranslator:
    """Runs `apertium` once for all sentences of a request."""

    attempts = 1

    def __init__(self, modes: Path | None = None, *, program: str = PROGRAM) -> None:
        """Look at nothing yet.

        Args:
            modes: The folder of the pairs' `.mode` files; by default where packages put them.
            program: What is run.
        """
        self._folders = (modes,) if modes else FOLDERS
        self._program = program

    def languages(self) -> frozenset[str]:
        """See `SentenceTranslator.languages`."""
        return frozenset(base(one) for mode in self._modes() for one in mode.pair)

    def traits(self, pair: Pair) -> TranslatorTraits | None:
        """See `SentenceTranslator.traits`."""
        mode = self._mode(pair)
        return TranslatorTraits(name=f"apertium-{mode.name}") if mode else None

    async def translate(self, asks: Sequence[Ask], pair: Pair) -> list[str]:
        """See `SentenceTranslator.translate`."""
        mode = self._mode(pair)
        if mode is None:
            raise EngineFailedError(f"Apertium does not translate {pair.source} to {pair.target}.")
        return [await self._run(mode.name, ask.sentence) for ask in asks]

    async def close(self) -> None:
        """See `SentenceTranslator.close`: nothing goes on."""

    async def _run(self, mode: str, sentence: str) -> str:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            self._program, "-u", mode, stdin=pipe, stdout=pipe, stderr=pipe
        )
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                said, complaint = await process.communicate(sentence.encode())
        except TimeoutError as error:
            raise EngineFailedError(f"Apertium takes more than {LIMIT_SECONDS:g} s.") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise EngineFailedError(f"Apertium failed: {complaint.decode(errors='replace')}")
        return UNKNOWN.sub("", said.decode(errors="replace")).strip()

    def _mode(self, pair: Pair) -> _Mode | None:
        plain = Pair(base(pair.source), base(pair.target))
        return next((mode for mode in self._modes() if mode.pair in (pair, plain)), None)

    def _modes(self) -> list[_Mode]:
        if shutil.which(self._program) is None:
            return []
        names = [path.stem for folder in self._folders for path in sorted(folder.glob("*.mode"))]
        return [_Mode(name, pair) for name in names if (pair := _pair(name)) is not None]


def _pair(mode: str) -> Pair | None:
    """Return the pair of a mode: `en-es`, `eng-spa`; `None`: it is of an inner step."""
    words = ISO_639_3.split()
    codes: dict[str, str] = dict(zip(words[1::2], words[::2], strict=True))
    parts = [codes.get(part, part) for part in mode.split("-")]
    if len(parts) != 2 or not set(parts) <= NAMES.keys():
        return None
    return Pair(*parts)
