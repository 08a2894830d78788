"""The process that holds Kokoro's network. Run by `KokoroSynthesizer`."""

import contextlib
import os
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

from outcrop.engines.text_to_speech.encoding import encoded
from outcrop.engines.text_to_speech.interface import Encoding
from outcrop.engines.text_to_speech.kokoro_model import SAMPLE_RATE, KokoroModel
from outcrop.engines.text_to_speech.kokoro_speaker import KokoroSpeaker
from outcrop.engines.text_to_speech.languages import Languages
from outcrop.engines.text_to_speech.scripts import from_json, timing_to_json
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Load the network; languages are loaded when they are spoken."""
    report({"loading": config["model"]})
    model = KokoroModel(Path(config["model"]), threads=len(os.sched_getaffinity(0)))
    speaker = KokoroSpeaker(model, Languages(Path(config["english"]).parent))

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer `speak` with encoded sound, and `time` with timings."""
        if "time" in request.value:
            spells = speaker.speak(from_json(request.value["time"]))
            yield Frame([timing_to_json(each) for spell in spells for each in spell.timings])
        else:
            yield from _spoken(speaker, request.value["speak"], request.value["encoding"])

    return child.Ready(handle=handle)


def _spoken(
    speaker: KokoroSpeaker, script: Mapping[str, Any], encoding: Mapping[str, Any]
) -> Generator[Frame, None, None]:
    pieces = (spell.samples for spell in speaker.speak(from_json(script)))
    sound = encoded(pieces, sample_rate=SAMPLE_RATE, encoding=Encoding(**encoding))
    with contextlib.closing(sound):
        for chunk in sound:
            yield Frame(None, chunk)


if __name__ == "__main__":
    child.serve(start)
