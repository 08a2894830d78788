"""Subtitles of a transcript: WebVTT and SubRip.

Sources: https://docs.aws.amazon.com/transcribe/latest/dg/subtitles.html,
https://www.w3.org/TR/webvtt1/ and https://www.matroska.org/technical/subtitles.html
"""

from collections.abc import Iterable, Sequence

from outcrop.services.transcribe.items import SENTENCE_ENDS, Item, segments_of, text_of

MOST_LETTERS = 80
"""Two lines of forty, as televisions have them: our own bound, AWS tells none."""
LONGEST_SECONDS = 7.0


def subtitles(items: Sequence[Item], *, form: str, first: int) -> str:
    """Return a file of subtitles.

    Args:
        items: The transcript.
        form: `vtt` or `srt`.
        first: The number of the first subtitle.
    """
    point = "." if form == "vtt" else ","
    cues = [
        f"{number}\n{_time(cue[0].start, point)} --> {_time(cue[-1].end, point)}\n{_text(cue)}\n"
        for number, cue in enumerate(_cues(items), start=first)
    ]
    head = ["WEBVTT\n"] if form == "vtt" else []
    return "\n".join([*head, *cues])


def _cues(items: Sequence[Item]) -> Iterable[list[Item]]:
    for segment in segments_of(items):
        cue: list[Item] = []
        for item in segment:
            if cue and _is_full([*cue, item]):
                yield cue
                cue = []
            cue.append(item)
            if item.mark and item.mark in SENTENCE_ENDS:
                yield cue
                cue = []
        if cue:
            yield cue


def _is_full(cue: Sequence[Item]) -> bool:
    return len(text_of(cue)) > MOST_LETTERS or cue[-1].end - cue[0].start > LONGEST_SECONDS


def _text(cue: Sequence[Item]) -> str:
    # AWS tells speakers apart by dashes where one subtitle has several: here each has its own.
    return f"-- {text_of(cue)}" if cue[0].speaker else text_of(cue)


def _time(seconds: float, point: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
