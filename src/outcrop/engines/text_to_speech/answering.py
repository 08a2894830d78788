"""What every process that speaks answers its parent with."""

import contextlib
from collections.abc import Callable, Generator, Iterator

from outcrop.engines.text_to_speech.encoding import encoded
from outcrop.engines.text_to_speech.interface import Encoding, Script
from outcrop.engines.text_to_speech.scripts import from_json, timing_to_json
from outcrop.engines.text_to_speech.spells import Spell
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame


def answers_of(speak: Callable[[Script], Iterator[Spell]], *, sample_rate: int) -> child.Handle:
    """Return what answers `speak` with encoded sound, and `time` with timings.

    Args:
        speak: Gives the sound of a script as it is made.
        sample_rate: Of the sound, in Hz.
    """

    def handle(request: Frame) -> Generator[Frame, None, None]:
        if "time" in request.value:
            spells = speak(from_json(request.value["time"]))
            yield Frame([timing_to_json(each) for spell in spells for each in spell.timings])
            return
        pieces = (spell.samples for spell in speak(from_json(request.value["speak"])))
        encoding = Encoding(**request.value["encoding"])
        with contextlib.closing(
            encoded(pieces, sample_rate=sample_rate, encoding=encoding)
        ) as sound:
            for chunk in sound:
                yield Frame(None, chunk)

    return handle
