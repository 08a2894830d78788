"""Gives each script to the synthesizer that has its voice."""

import contextlib
from collections.abc import AsyncGenerator, Sequence

from outcrop.engines.text_to_speech.interface import (
    Encoding,
    Passage,
    Script,
    Synthesizer,
    Timing,
    VoiceTraits,
)
from outcrop.engines.workers.engine import EngineUnavailableError


class SynthesizerRouter:
    """Implements `Synthesizer` by several, of which the first that has a voice speaks."""

    def __init__(self, synthesizers: Sequence[Synthesizer]) -> None:
        self._synthesizers = synthesizers

    def traits(self, voice: str) -> VoiceTraits | None:
        """See `Synthesizer.traits`."""
        found = (each.traits(voice) for each in self._synthesizers)
        return next((traits for traits in found if traits is not None), None)

    async def speak(self, script: Script, encoding: Encoding) -> AsyncGenerator[bytes, None]:
        """See `Synthesizer.speak`."""
        async with contextlib.aclosing(self._of(script).speak(script, encoding)) as pieces:
            async for piece in pieces:
                yield piece

    async def timings(self, script: Script) -> list[Timing]:
        """See `Synthesizer.timings`."""
        return await self._of(script).timings(script)

    def _of(self, script: Script) -> Synthesizer:
        voice = next((part.voice for part in script.parts if isinstance(part, Passage)), None)
        if voice is None:  # Nothing but silence: anybody can keep it.
            return self._synthesizers[0]
        for each in self._synthesizers:
            if each.traits(voice) is not None:
                return each
        raise EngineUnavailableError(f"Nobody here speaks with the voice {voice}.")
