"""Speech to text by Whisper, run by CTranslate2 in a worker process.

Source: https://github.com/openai/whisper and https://opennmt.net/CTranslate2/
"""

import contextlib
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from outcrop.engines.speech_to_text.asking import described
from outcrop.engines.speech_to_text.interface import (
    Hearing,
    Passage,
    Recording,
    Sound,
    SoundFormat,
    SpeechTimes,
    Word,
)
from outcrop.engines.workers.engine import EngineProgram, WorkerEngine
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.weights import WeightStore

WHISPER = "whisper-base"
VOICE_ACTIVITY = "silero-vad"


class WhisperTranscriber:
    """One model; loaded on first use, unloaded when idle. Belongs to one event loop."""

    def __init__(
        self,
        store: WeightStore,
        *,
        weights: str = WHISPER,
        threads: int | None = None,
        settings: WorkerSettings | None = None,
    ) -> None:
        """Prepare to listen; nothing is loaded yet.

        Args:
            store: Where the weights are.
            weights: The catalogue's name of the Whisper model.
            threads: How many it computes with; `None`: all that the process may use.
            settings: Time limits.
        """
        self._engine = WorkerEngine(
            EngineProgram(
                module="outcrop.engines.speech_to_text.whisper_worker",
                extra="speech",
                libraries=("ctranslate2", "imageio_ffmpeg", "onnxruntime", "tokenizers"),
                weights={"whisper": weights, "voice_activity": VOICE_ACTIVITY},
                config={"threads": threads or len(os.sched_getaffinity(0))},
            ),
            store,
            settings=settings,
        )

    async def close(self) -> None:
        """Stop the process."""
        await self._engine.close()

    async def inspect(self, recording: Recording) -> SoundFormat:
        """See `Transcriber.inspect`."""
        request, _ = _request("inspect", recording)
        return SoundFormat(**(await self._engine.ask(request)).value)

    async def transcribe(self, sound: Sound, hearing: Hearing) -> AsyncGenerator[Passage, None]:
        """See `Transcriber.transcribe`."""
        request, samples = _request("transcribe", sound)
        request["hearing"] = asdict(hearing)
        async with contextlib.aclosing(self._engine.stream(request, samples)) as frames:
            async for frame in frames:
                yield _passage(frame.value)

    async def identify(self, sound: Sound) -> Mapping[str, float]:
        """See `Transcriber.identify`."""
        return dict((await self._engine.ask(*_request("identify", sound))).value)

    async def find_speech(self, sound: Sound) -> SpeechTimes:
        """See `Transcriber.find_speech`."""
        found = (await self._engine.ask(*_request("find_speech", sound))).value
        times = [(start, end) for start, end in found["times"]]
        return SpeechTimes(duration_seconds=found["duration"], times=times)

    async def measure_levels(
        self, sound: Sound, spans: Sequence[tuple[float, float]]
    ) -> Sequence[Sequence[float]]:
        """See `Transcriber.measure_levels`."""
        request, samples = _request("measure_levels", sound)
        request["spans"] = [list(span) for span in spans]
        return (await self._engine.ask(request, samples)).value


def _request(ask: str, sound: Sound) -> tuple[dict[str, Any], bytes]:
    value, samples = described(sound)
    return {"ask": ask, "sound": value}, samples


def _passage(value: Any) -> Passage:
    return Passage(
        start_seconds=value["start_seconds"],
        end_seconds=value["end_seconds"],
        language=value["language"],
        languages=value["languages"],
        alternatives=[[Word(**word) for word in words] for words in value["alternatives"]],
    )
