"""Labels and what stands beside or below them.

A label is what ends with a colon. Its value follows in the same line, stands to the right of it in
the same row, or begins below it.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from outcrop.engines.document_fields.interface import Field, Line, Word
from outcrop.engines.media.places import Box, around, box_of

LONGEST_LABEL = 6
"""Words: what is longer is a sentence that introduces something."""
LONGEST_INNER_LABEL = 3
"""Words of a label that follows a value in the same line."""
RIGHT_WITHIN = 0.5
"""Of the page's width, between a label and a value in its row."""
BELOW_WITHIN = 2.5
"""Heights of the label, between it and a value below."""
ASIDE_WITHIN = 0.05
"""Of the page's width, between the left sides of a label and of a value below."""


def find_fields(lines: Sequence[Line]) -> list[Field]:
    """Return the labels of a page that have a value, in the order of its lines."""
    taken: set[int] = set()
    fields: list[Field] = []
    for line in lines:
        for key, value in _parted(line.words):
            words = value or neighbour(line, key, lines, taken)
            if words:
                taken |= {id(word) for word in words}
                fields.append(Field(key, words))
    return fields


def words_box(words: Sequence[Word]) -> Box:
    """Return the box around words, of which there is at least one."""
    return around([box_of(word.polygon) for word in words])


def _parted(words: Sequence[Word]) -> Iterator[tuple[Sequence[Word], Sequence[Word]]]:
    """Give the labels of a line, each with the words behind it."""
    ends = [place for place, word in enumerate(words) if word.text.endswith(":")]
    starts = [0, *(_start_of_label(words, ends, at) for at in range(1, len(ends)))]
    for at, (start, end) in enumerate(zip(starts, ends, strict=False)):
        key = words[start : end + 1]
        stop = starts[at + 1] if at + 1 < len(starts) else len(words)
        if len(key) <= LONGEST_LABEL and any(_is_word(word) for word in key):
            yield key, words[end + 1 : stop]


def _start_of_label(words: Sequence[Word], ends: Sequence[int], at: int) -> int:
    """Return where a label begins that is not the first of its line: at a capital before it."""
    end = ends[at]
    start = end - 1 if words[end].text == ":" and end > ends[at - 1] + 1 else end
    while start - 1 > ends[at - 1] and end - start < LONGEST_INNER_LABEL:
        if words[start].text[:1].isupper():
            break
        start -= 1
    return start


def _is_word(word: Word) -> bool:
    return any(each.isalpha() for each in word.text)


def neighbour(
    line: Line, key: Sequence[Word], lines: Sequence[Line], taken: AbstractSet[int]
) -> Sequence[Word] | None:
    """Return the words of the line that stands beside a label, or else below it.

    Args:
        line: The label's own.
        key: The label's words.
        lines: All of the page.
        taken: The identities of words that belong to others.
    """
    others = [
        other
        for other in lines
        if other is not line
        and not any(word.text.endswith(":") for word in other.words)
        and not any(id(word) in taken for word in other.words)
    ]
    left, top, right, bottom = words_box(key)
    height = bottom - top
    beside = [
        (start - right, other)
        for other in others
        for start, above, _, below in [box_of(other.polygon)]
        if min(bottom, below) - max(top, above) > height / 2 and 0 <= start - right < RIGHT_WITHIN
    ]
    under = [
        (above - bottom, other)
        for other in others
        for start, above, _, _ in [box_of(other.polygon)]
        if 0 <= above - bottom < BELOW_WITHIN * height and abs(start - left) < ASIDE_WITHIN
    ]
    nearest = min(beside or under, key=lambda each: each[0], default=None)
    return nearest[1].words if nearest else None
