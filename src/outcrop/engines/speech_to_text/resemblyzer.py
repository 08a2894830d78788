"""Speakers told apart by Resemblyzer's voice prints, in a worker process.

Source: https://github.com/resemble-ai/Resemblyzer
"""

from collections.abc import Sequence
from typing import Any

from outcrop.engines.speech_to_text.asking import described
from outcrop.engines.speech_to_text.interface import Sound
from outcrop.engines.workers.engine import EngineFront, EngineProgram

PROGRAM = EngineProgram(
    module="outcrop.engines.speech_to_text.speaker_worker",
    extra="speech",
    libraries=("imageio_ffmpeg", "numpy"),
    weights={"voice_prints": "resemblyzer"},
)


class ResemblyzerSpeakerTeller(EngineFront):
    """One model; loaded on first use, unloaded when idle. Belongs to one event loop."""

    program = PROGRAM

    async def tell(
        self, sound: Sound, spans: Sequence[tuple[float, float]], *, most: int
    ) -> Sequence[int]:
        """See `SpeakerTeller.tell`."""
        return list(await self._ask(sound, spans, {"most": most}))

    async def voice_prints(
        self, sound: Sound, spans: Sequence[tuple[float, float]]
    ) -> Sequence[Sequence[float]]:
        """See `SpeakerTeller.voice_prints`."""
        return list(await self._ask(sound, spans, {}))

    async def _ask(
        self, sound: Sound, spans: Sequence[tuple[float, float]], more: dict[str, Any]
    ) -> Any:
        value, samples = described(sound)
        request = {"sound": value, "spans": [list(span) for span in spans], **more}
        return (await self._engine.ask(request, samples)).value
