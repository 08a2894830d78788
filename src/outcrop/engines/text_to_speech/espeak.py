"""Speech by espeak-ng, a program that is run where it is installed: languages without a network.

Source: https://github.com/espeak-ng/espeak-ng/blob/master/docs/languages.md
"""

import contextlib
import shutil
from collections.abc import AsyncGenerator, Mapping
from dataclasses import asdict

from outcrop.engines.text_to_speech.interface import Encoding, Script, Timing, VoiceTraits
from outcrop.engines.text_to_speech.scripts import timing_from_json, to_json
from outcrop.engines.workers.engine import EngineFront, EngineProgram, EngineUnavailableError

EXECUTABLE = "espeak-ng"
PREFIX = "espeak-ng:"
"""What the names of its voices begin with; behind it stands a variant: `espeak-ng:f2`."""
LANGUAGES: Mapping[str, str] = {
    "arb": "ar", "ar-AE": "ar", "ca-ES": "ca", "cmn-CN": "cmn", "cs-CZ": "cs", "cy-GB": "cy",
    "da-DK": "da", "de-AT": "de", "de-CH": "de", "de-DE": "de", "en-GB": "en-gb", "en-US": "en-us",
    "es-ES": "es", "es-MX": "es-419", "es-US": "es-419", "fi-FI": "fi", "fr-BE": "fr-be",
    "fr-FR": "fr-fr", "hi-IN": "hi", "is-IS": "is", "it-IT": "it", "ko-KR": "ko", "nb-NO": "nb",
    "nl-BE": "nl", "nl-NL": "nl", "pl-PL": "pl", "pt-BR": "pt-br", "pt-PT": "pt", "ro-RO": "ro",
    "ru-RU": "ru", "sv-SE": "sv", "tr-TR": "tr", "yue-CN": "yue",
}  # fmt: skip
"""Its names of languages, by those of BCP 47 (and `arb`) that passages have."""
PROGRAM = EngineProgram(
    module="outcrop.engines.text_to_speech.espeak_worker",
    extra="speech",
    libraries=("numpy", "imageio_ffmpeg"),
    config={"executable": EXECUTABLE, "languages": dict(LANGUAGES)},
)


class EspeakSynthesizer(EngineFront):
    """Runs the program once for each sentence, in a worker process."""

    program = PROGRAM

    def traits(self, voice: str) -> VoiceTraits | None:
        """See `Synthesizer.traits`; the program tells no times, but where a sentence begins."""
        is_there = voice.startswith(PREFIX) and shutil.which(EXECUTABLE) is not None
        return VoiceTraits(times_words=False) if is_there else None

    async def speak(self, script: Script, encoding: Encoding) -> AsyncGenerator[bytes, None]:
        """See `Synthesizer.speak`."""
        self._check()
        request = {"speak": to_json(script), "encoding": asdict(encoding)}
        async with contextlib.aclosing(self._engine.stream(request)) as frames:
            async for frame in frames:
                yield frame.blob

    async def timings(self, script: Script) -> list[Timing]:
        """See `Synthesizer.timings`."""
        self._check()
        frame = await self._engine.ask({"time": to_json(script)})
        return [timing_from_json(value) for value in frame.value]

    def _check(self) -> None:
        if shutil.which(EXECUTABLE) is None:
            raise EngineUnavailableError(
                f"{EXECUTABLE} is not installed: run `apt-get install {EXECUTABLE}`."
            )
