"""Texts cut into sentences, so that the pieces joined are the text again."""

import regex

MOST_CHARACTERS = 400
"""Of a sentence; what is longer is cut at the last place that is fit for it."""

_ABBREVIATIONS = """
    mr mrs ms dr prof st no vs etc e.g i.e fig vol p pp cf approx dept inc ltd jr sr art al
    m mm mme mlle me env ex tél réf nr bzw z.b d.h usw sra srta ud sig ing
"""
_END = regex.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？]+[」』”）]*|\n+")
_LAST_WORD = regex.compile(r"[\p{L}.]+(?=[.]$)")
_BREAKS = (
    regex.compile(r"[;:,，、；：](?=\s|\p{Han}|\p{Hiragana}|\p{Katakana})"),
    regex.compile(r"\s"),
)


def cut(text: str) -> list[str]:
    """Return the sentences, each with the white space around it that is its own."""
    pieces: list[str] = []
    start = 0
    for match in _END.finditer(text):
        if match.group()[0] == "." and _is_abbreviation(text[start : match.start() + 1]):
            continue
        pieces.append(text[start : match.end()])
        start = match.end()
    pieces.append(text[start:])
    return [short for piece in pieces if piece for short in _shortened(piece)]


def _is_abbreviation(text: str) -> bool:
    word = _LAST_WORD.search(text)
    if word is None:
        return False
    letters = word.group().rstrip(".")
    return letters.lower() in _ABBREVIATIONS.split() or (len(letters) == 1 and letters.isupper())


def _shortened(piece: str) -> list[str]:
    found: list[str] = []
    while len(piece) > MOST_CHARACTERS:
        at = _break(piece)
        found.append(piece[:at])
        piece = piece[at:]
    return [*found, piece]


def _break(piece: str) -> int:
    for pattern in _BREAKS:
        places = [match.end() for match in pattern.finditer(piece, 0, MOST_CHARACTERS)]
        if places and places[-1] > MOST_CHARACTERS // 4:
            return places[-1]
    return MOST_CHARACTERS
