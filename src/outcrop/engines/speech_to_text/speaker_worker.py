"""The process that tells voices apart. Run by `ResemblyzerSpeakerTeller`."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np

from outcrop.engines.speech_to_text.clusters import who_speaks
from outcrop.engines.speech_to_text.sound import read_sound
from outcrop.engines.speech_to_text.voice_prints import VoicePrints, samples_between
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Load the model."""
    report({"loading": config["voice_prints"]})
    try:
        voices = VoicePrints(Path(config["voice_prints"]))
    except ValueError as error:
        raise child.RefusedError("load", f"The voice prints do not load: {error}.") from error

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer with a number for each span, or with its voice print."""
        spans = request.value["spans"]
        if not spans:
            yield Frame([])
            return
        samples = read_sound(request.value["sound"], request.blob)
        prints = np.stack([voices.print_of(samples_between(samples, span)) for span in spans])
        if "most" not in request.value:
            yield Frame(prints.tolist())
            return
        seconds = [end - start for start, end in spans]
        yield Frame(who_speaks(prints, seconds, most=request.value["most"]))

    return child.Ready(handle=handle)


if __name__ == "__main__":
    child.serve(start)
