"""The process that holds Kokoro's network. Run by `KokoroSynthesizer`."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from outcrop.engines.text_to_speech.answering import answers_of
from outcrop.engines.text_to_speech.kokoro_model import SAMPLE_RATE, KokoroModel
from outcrop.engines.text_to_speech.kokoro_speaker import KokoroSpeaker
from outcrop.engines.text_to_speech.languages import Languages
from outcrop.engines.workers import child


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Load the network; languages are loaded when they are spoken."""
    report({"loading": config["model"]})
    model = KokoroModel(Path(config["model"]), threads=len(os.sched_getaffinity(0)))
    speaker = KokoroSpeaker(model, Languages(Path(config["english"]).parent))
    return child.Ready(handle=answers_of(speaker.speak, sample_rate=SAMPLE_RATE))


if __name__ == "__main__":
    child.serve(start)
