"""The process that holds a Whisper model and a voice detector. Run by `WhisperTranscriber`."""

from collections.abc import Callable, Generator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from outcrop.engines.speech_to_text.decoding import Heard, NotAModelError, Whisper
from outcrop.engines.speech_to_text.interface import SAMPLE_RATE_HZ, Hearing
from outcrop.engines.speech_to_text.sound import inspect_sound, levels, read_sound
from outcrop.engines.speech_to_text.timing import keeping_to_speech
from outcrop.engines.speech_to_text.voice_activity import VoiceActivity, padded, speech_times
from outcrop.engines.speech_to_text.windows import windows
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame

IDENTIFYING_WINDOWS = 4
"""How many pieces of speech tell which language is spoken."""

LEAST_TELLING_SECONDS = 1.0
"""Of speech, to tell its language.

Source: https://docs.aws.amazon.com/transcribe/latest/dg/lang-id-stream.html
"""

Samples = npt.NDArray[np.float32]


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Load the models."""
    report({"loading": config["whisper"]})
    try:
        listener = Listener(
            Whisper(Path(config["whisper"]).parent, threads=config["threads"]),
            VoiceActivity(Path(config["voice_activity"])),
        )
    except NotAModelError as error:
        raise child.RefusedError("load", str(error)) from error
    return child.Ready(handle=listener.handle)


class Listener:
    """Answers requests; see `WhisperTranscriber` for what they are."""

    def __init__(self, whisper: Whisper, voice: VoiceActivity) -> None:
        self._whisper = whisper
        self._voice = voice

    def handle(self, request: Frame) -> Generator[Frame, None, None]:
        """Answer one request."""
        sound = request.value["sound"]
        if request.value["ask"] == "inspect":
            yield Frame(inspect_sound(sound))
            return
        samples = read_sound(sound, request.blob)
        match request.value["ask"]:
            case "transcribe":
                yield from self._transcribe(samples, Hearing(**request.value["hearing"]))
            case "identify":
                yield Frame(self._identify(samples))
            case "measure_levels":
                yield Frame([levels(samples, *span) for span in request.value["spans"]])
            case _:
                times = speech_times(self._voice.probabilities(samples))
                yield Frame({"duration": len(samples) / SAMPLE_RATE_HZ, "times": times})

    def _transcribe(self, samples: Samples, hearing: Hearing) -> Generator[Frame, None, None]:
        if hearing.language is not None and not self._whisper.knows(hearing.language):
            raise child.RefusedError("language", f"The model knows no {hearing.language!r}.")
        probabilities = self._voice.probabilities(samples)
        times = speech_times(probabilities)
        wide = padded(times, len(samples) / SAMPLE_RATE_HZ)
        # Each pause may be where a language ends, or where alternatives do.
        joins = hearing.most_alternatives == 1 and hearing.language is not None
        for start_seconds, end_seconds in windows(wide, probabilities, joins=joins):
            heard = self._hear(samples, start_seconds, end_seconds)
            language = hearing.language or _too_short_to_tell(hearing, end_seconds - start_seconds)
            likely = dict[str, float]() if language else heard.languages_among(hearing.languages)
            language = language or next(iter(likely))
            alternatives = heard.alternatives(language, hearing, start_seconds)
            if not alternatives:
                continue
            yield Frame(
                {
                    "start_seconds": start_seconds,
                    "end_seconds": end_seconds,
                    "language": language,
                    "languages": likely,
                    "alternatives": [
                        [asdict(word) for word in keeping_to_speech(words, wide)]
                        for words in alternatives
                    ],
                }
            )

    def _identify(self, samples: Samples) -> list[tuple[str, float]]:
        probabilities = self._voice.probabilities(samples)
        wide = padded(speech_times(probabilities), len(samples) / SAMPLE_RATE_HZ)
        sums: dict[str, float] = {}
        seconds = 0.0
        for start_seconds, end_seconds in windows(wide, probabilities)[:IDENTIFYING_WINDOWS]:
            heard = self._hear(samples, start_seconds, end_seconds)
            weight = end_seconds - start_seconds
            seconds += weight
            for language, likely in heard.languages().items():
                sums[language] = sums.get(language, 0.0) + likely * weight
        means = ((language, likely / seconds) for language, likely in sums.items())
        return sorted(means, key=lambda one: one[1], reverse=True)

    def _hear(self, samples: Samples, start_seconds: float, end_seconds: float) -> Heard:
        begin, end = int(start_seconds * SAMPLE_RATE_HZ), int(end_seconds * SAMPLE_RATE_HZ)
        return self._whisper.hear(samples[begin:end])


def _too_short_to_tell(hearing: Hearing, seconds: float) -> str:
    """Return the language that counts where too little is said; empty: it is to be told."""
    return hearing.preferred_language if seconds < LEAST_TELLING_SECONDS else ""


if __name__ == "__main__":
    child.serve(start)
