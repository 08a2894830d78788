"""Speech marks: when each sentence, word and sound is said, one JSON object a line.

Source: https://docs.aws.amazon.com/polly/latest/dg/speechmarks.html
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from outcrop.engines.text_to_speech.interface import Timing
from outcrop.services.polly.scripts import Manuscript

SILENCE = "sil"
ORDER = {"sentence": 0, "bookmark": 1, "word": 2, "phoneme": 3}
"""Of marks of the same moment."""
VISEMES: Mapping[str, str] = {
    **dict.fromkeys("pbm", "p"), **dict.fromkeys("tdnlTɾ", "t"), **dict.fromkeys("ʃʒʤʧ", "S"),
    **dict.fromkeys("θð", "T"), **dict.fromkeys("fv", "f"), **dict.fromkeys("kɡŋhʁ", "k"),
    **dict.fromkeys("sz", "s"), **dict.fromkeys("wuʊyɥ", "u"), **dict.fromkeys("ijɪ", "i"),
    **dict.fromkeys("aæɑIW", "a"), **dict.fromkeys("eA", "e"), **dict.fromkeys("ɛʌɜ", "E"),
    **dict.fromkeys("əɐᵊᵻɚ", "@"), **dict.fromkeys("oOQø", "o"), **dict.fromkeys("ɔɒYœ", "O"),
    "ɹ": "r", "ɲ": "J",
}  # fmt: skip
"""What the mouth looks like.

Source: https://docs.aws.amazon.com/polly/latest/dg/ref-phoneme-tables-shell.html
"""


def marks_of(
    manuscript: Manuscript, timings: Sequence[Timing], kinds: Collection[str]
) -> Iterator[bytes]:
    """Give the lines of the speech marks of some kinds, in the order of time.

    Pauses that follow one another, of a mark and behind its sentence, are one silence.
    """
    viseme = None
    for timing in sorted(timings, key=lambda each: (each.seconds, ORDER[each.kind])):
        told = _told(manuscript, timing)
        if told is not None and told["type"] in kinds:
            if told["type"] == "viseme":
                before, viseme = viseme, told["value"]
                if before == viseme == SILENCE:
                    continue
            text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
            yield text.replace("/", "\\/").encode() + b"\n"


def _told(manuscript: Manuscript, timing: Timing) -> dict[str, Any] | None:
    time = {"time": round(timing.seconds * 1000)}
    if timing.kind == "phoneme":
        viseme = VISEMES.get(timing.value[:1], SILENCE if not timing.value else None)
        return {**time, "type": "viseme", "value": viseme} if viseme else None
    if timing.kind == "bookmark":
        place = manuscript.marks[timing.value]
        name = manuscript.mark_names.get(timing.value)
        # As on AWS, a break counts as a word.
        kind, value = ("word", manuscript.quote(place)) if name is None else ("ssml", name)
    else:
        place = manuscript.place(timing.start, timing.end)
        kind, value = timing.kind, manuscript.quote(place)
    return {**time, "type": kind, "start": place.start, "end": place.end, "value": value}
