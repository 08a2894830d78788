"""The process that runs espeak-ng. Run by `EspeakSynthesizer`."""

from collections.abc import Callable
from typing import Any

from outcrop.engines.text_to_speech.answering import answers_of
from outcrop.engines.text_to_speech.espeak_speaker import SAMPLE_RATE, EspeakProgram, EspeakSpeaker
from outcrop.engines.workers import child


def start(config: Any, _report: Callable[[Any], None]) -> child.Ready:
    """Be ready: there is nothing to load."""
    speaker = EspeakSpeaker(EspeakProgram(config["executable"], config["languages"]))
    return child.Ready(handle=answers_of(speaker.speak, sample_rate=SAMPLE_RATE))


if __name__ == "__main__":
    child.serve(start)
