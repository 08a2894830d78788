"""What is said, as one would write it: `five five five` as `555`, `ann at example dot com` whole.

Personal data are known by how they are written. Where somebody dictates them, a transcript has
figures one by one, in groups, or in words; here they are brought together, and each letter of what
comes of it still tells which word it is from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from outcrop.engines.personal_data.interface import Finding

SENTENCE_ENDS = frozenset(".?!")
_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_FRENCH = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
)
_TENS: Mapping[str, Mapping[str, int]] = {
    "en": dict(
        zip(
            ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
            range(20, 100, 10),
            strict=True,
        )
    ),
    "fr": {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60},
}
_UNITS: Mapping[str, Mapping[str, int]] = {
    "en": {name: value for value, name in enumerate(_ENGLISH.split())} | {"oh": 0},
    "fr": {name: value for value, name in enumerate(_FRENCH.split())} | {"une": 1},
}
_TIMES: Mapping[str, int] = {"double": 2, "triple": 3}
_WITHOUT_SIGNS = str.maketrans("", "", "-.,")
_AT = frozenset(("at", "arobase", "arrobase"))
_DOT = frozenset(("dot", "point"))


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word of a transcript."""

    text: str
    mark: str = ""
    """The punctuation mark behind it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text, and which word each of its characters is from."""

    text: str
    words: Sequence[int]

    def words_of(self, finding: Finding) -> range:
        """Return the words of which a finding has a part."""
        inside = self.words[finding.begin : finding.end]
        return range(inside[0], inside[-1] + 1) if inside else range(0)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some letters of a text."""

    text: str
    word: int
    """The number of the word that they are from."""
    is_joined: bool = False
    """Whether no space is before them."""


def as_said(words: Sequence[SpokenWord]) -> Written:
    """Return words as the transcript has them."""
    return _together([_whole(words, at) for at in range(len(words))])


def as_written(words: Sequence[SpokenWord], *, language: str) -> Written:
    """Return words with figures and addresses as they are written.

    Args:
        words: In order.
        language: ISO 639-1; of others than English and French, words for numbers are not known.
    """
    pieces: list[_Piece] = []
    at = 0
    while at < len(words):
        pieces += _number(words, at, language) or _address(words, at) or [_whole(words, at)]
        at = pieces[-1].word + 1
    return _together(pieces)


def _whole(words: Sequence[SpokenWord], at: int) -> _Piece:
    return _Piece(f"{words[at].text}{words[at].mark}", at)


def _together(pieces: Sequence[_Piece]) -> Written:
    text, owners = "", list[int]()
    for piece in pieces:
        own = piece.text if piece.is_joined or not text else f" {piece.text}"
        text += own
        owners += [piece.word] * len(own)
    return Written(text, owners)


def _number(words: Sequence[SpokenWord], begin: int, language: str) -> list[_Piece]:
    """Return the numbers that begin at a word as one; empty: none does, or it stands alone."""
    found: list[_Piece] = []
    times, tens = 1, 0
    for at in range(begin, len(words)):
        word = words[at]
        if word.text.lower() in _TIMES:
            times = _TIMES[word.text.lower()]
            continue
        value = _value(word.text.lower(), language)
        if value is None:
            break
        if tens and len(value) == 1 and value != "0":  # Twenty, three: 23.
            before = found[-1]
            found[-1] = _Piece(before.text[:-1], before.word, before.is_joined)
        found.append(_Piece(value * times, at, is_joined=bool(found)))
        times, tens = 1, _TENS.get(language, {}).get(word.text.lower(), 0)
        if word.mark and word.mark in SENTENCE_ENDS:
            break
    if not found or (len(found) == 1 and "-" not in words[found[0].word].text):
        return []
    last = found[-1].word
    return [*found, _Piece(words[last].mark, last, is_joined=True)]


def _value(text: str, language: str) -> str | None:
    """Return the digits of a number that stands in figures or words; `None`: it is none."""
    bare = text.translate(_WITHOUT_SIGNS)
    if bare.isdecimal():
        return bare
    names = {**_UNITS.get(language, {}), **_TENS.get(language, {})}
    parts = [names.get(part) for part in text.split("-") if part not in ("et", "and")]
    values = [part for part in parts if part is not None]
    if not values or len(values) < len(parts):
        return None
    if values[:2] == [4, 20]:  # Quatre-vingt-dix: 90.
        return str(80 + sum(values[2:]))
    if values[0] >= min(_TENS[language].values()):
        return str(sum(values))
    return "".join(map(str, values))


def _address(words: Sequence[SpokenWord], begin: int) -> list[_Piece]:
    """Return the e-mail address that begins at a word; empty: none does."""
    name = _dotted(words, begin)
    at = name[-1].word + 1
    if at + 1 >= len(words) or words[at].text.lower() not in _AT or words[at - 1].mark:
        return []
    domain = _dotted(words, at + 1)
    if not any("." in piece.text for piece in domain):
        return []
    first, last = domain[0], domain[-1].word
    return [
        *name,
        _Piece("@", at, is_joined=True),
        _Piece(first.text, first.word, is_joined=True),
        *domain[1:],
        _Piece(words[last].mark, last, is_joined=True),
    ]


def _dotted(words: Sequence[SpokenWord], begin: int) -> list[_Piece]:
    """Return a name, with the parts that dots join to it."""
    pieces, at = [_Piece(words[begin].text, begin)], begin + 1
    while at + 1 < len(words) and words[at].text.lower() in _DOT and not words[at - 1].mark:
        pieces.append(_Piece(".", at, is_joined=True))
        pieces.append(_Piece(words[at + 1].text, at + 1, is_joined=True))
        at += 2
    return pieces
