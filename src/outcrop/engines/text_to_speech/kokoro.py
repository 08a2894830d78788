"""Speech by Kokoro's network with ONNX Runtime, in a worker process.

Source: https://huggingface.co/hexgrad/Kokoro-82M
"""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import asdict

from outcrop.engines.text_to_speech.interface import Encoding, Script, Timing, VoiceTraits
from outcrop.engines.text_to_speech.scripts import timing_from_json, to_json
from outcrop.engines.text_to_speech.voices import VOICES
from outcrop.engines.workers.engine import EngineFront, EngineProgram

NETWORK = "kokoro-82m-v1.0-int8"
ENGLISH_DICTIONARIES = "misaki-english-0.9.4"
PROGRAM = EngineProgram(
    module="outcrop.engines.text_to_speech.kokoro_worker",
    extra="speech",
    libraries=("onnxruntime", "pycrfsuite", "gruut_lang_en", "gruut_lang_fr", "imageio_ffmpeg"),
    weights={"model": NETWORK, "english": ENGLISH_DICTIONARIES},
)


class KokoroSynthesizer(EngineFront):
    """Speaks English and French; loaded on first use, unloaded when idle."""

    program = PROGRAM

    def traits(self, voice: str) -> VoiceTraits | None:
        """See `Synthesizer.traits`."""
        return VoiceTraits(times_words=True) if voice in VOICES else None

    async def speak(self, script: Script, encoding: Encoding) -> AsyncGenerator[bytes, None]:
        """See `Synthesizer.speak`."""
        request = {"speak": to_json(script), "encoding": asdict(encoding)}
        async with contextlib.aclosing(self._engine.stream(request)) as frames:
            async for frame in frames:
                yield frame.blob

    async def timings(self, script: Script) -> list[Timing]:
        """See `Synthesizer.timings`."""
        frame = await self._engine.ask({"time": to_json(script)})
        return [timing_from_json(value) for value in frame.value]
