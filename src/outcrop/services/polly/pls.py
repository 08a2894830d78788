"""Pronunciation lexicons (PLS), read without unfolding entities.

Source: https://www.w3.org/TR/pronunciation-lexicon/
and https://docs.aws.amazon.com/polly/latest/dg/limits.html for the limits
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from outcrop.aws.errors import ServiceError
from outcrop.engines.text_to_speech.interface import Pronunciation
from outcrop.services.polly import shapes
from outcrop.services.polly.transcriptions import ipa_of, unknown_signs

LONGEST = 40_000
"""Characters of a lexicon."""
LONGEST_REPLACEMENT = 100
"""Characters of an alias or a transcription."""
ALPHABETS = ("ipa", "x-sampa")
LANGUAGES = frozenset(
    (
        *("arb", "cmn-CN", "cy-GB", "da-DK", "de-DE", "en-AU", "en-GB", "en-GB-WLS", "en-IN"),
        *("en-US", "es-ES", "es-MX", "es-US", "fr-CA", "fr-FR", "is-IS", "it-IT", "ja-JP"),
        *("hi-IN", "ko-KR", "nb-NO", "nl-NL", "pl-PL", "pt-BR", "pt-PT", "ro-RO", "ru-RU"),
        *("sv-SE", "tr-TR", "en-NZ", "en-ZA", "ca-ES", "de-AT", "yue-CN", "ar-AE", "fi-FI"),
        *("en-IE", "nl-BE", "fr-BE", "cs-CZ", "de-CH", "en-SG"),
    )
)
"""Of a lexicon; it is heard where a voice speaks its language."""
PARENTS = {
    "lexicon": ("",),
    "meta": ("lexicon",),
    "metadata": ("lexicon",),
    "lexeme": ("lexicon",),
    "grapheme": ("lexeme",),
    "phoneme": ("lexeme",),
    "alias": ("lexeme",),
    "example": ("lexeme",),
}
"""Which element may stand in which."""


@dataclass(slots=True)
class Lexicon:
    """What a lexicon says."""

    language: str = ""
    alphabet: str = "ipa"
    lexemes: int = 0
    pronunciations: dict[str, Pronunciation] = field(default_factory=dict[str, Pronunciation])
    """By word; of two of one word, the first is said."""
    unknown_signs: str = ""
    """Those of its transcriptions that no voice of its language can say."""


def read_pls(content: str) -> Lexicon:
    """Return what a lexicon says.

    Raises:
        InvalidLexiconException: It is no PLS.
        LexiconSizeExceededException: It is longer than AWS takes.
        MaxLexemeLengthExceededException: A replacement is.
        UnsupportedPlsAlphabetException: Nobody here reads its alphabet.
        UnsupportedPlsLanguageException: Polly does not speak its language.
    """
    if len(content) > LONGEST:
        raise shapes.LexiconSizeExceededException(
            f"The lexicon has {len(content)} characters; {LONGEST} are accepted."
        )
    return _Reader().read(content.encode("utf-8", "replace"))


def invalid(reason: str) -> ServiceError:
    """Return AWS's error for a lexicon, with its reason."""
    return shapes.InvalidLexiconException(f"Invalid lexicon: {reason}")


@dataclass(slots=True)
class _Lexeme:
    graphemes: list[str] = field(default_factory=list[str])
    said: Pronunciation | None = None


class _Reader:
    def __init__(self) -> None:
        self._lexicon = Lexicon()
        self._open: list[str] = []
        self._text: list[str] = []
        self._alphabet = ""
        self._lexeme = _Lexeme()
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append
        self._parser.StartDoctypeDeclHandler = _refuse_doctype

    def read(self, content: bytes) -> Lexicon:
        try:
            self._parser.Parse(content, True)
        except expat.ExpatError as error:
            raise invalid(str(error)) from error
        return self._lexicon

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        tag = name.rpartition(":")[2]
        parent = self._open[-1] if self._open else ""
        if "metadata" not in self._open and parent not in PARENTS.get(tag, ()):
            raise invalid(f"<{name}> is not allowed {f'in <{parent}>' if parent else 'outermost'}")
        self._open.append(tag)
        self._text.clear()
        if tag == "lexicon":
            self._begin(attributes)
        elif tag == "lexeme":
            self._lexeme = _Lexeme()
        elif tag == "phoneme":
            self._alphabet = _alphabet(attributes.get("alphabet", self._lexicon.alphabet))

    def _begin(self, attributes: Mapping[str, str]) -> None:
        language = attributes.get("xml:lang", "")
        if not language:
            raise invalid("<lexicon> needs xml:lang")
        if language not in LANGUAGES:
            raise shapes.UnsupportedPlsLanguageException(
                f"The language specified in the lexicon is unsupported: {language}"
            )
        self._lexicon.language = language
        self._lexicon.alphabet = _alphabet(attributes.get("alphabet", "ipa"))

    def _end(self, _: str) -> None:
        tag = self._open.pop()
        text = "".join(self._text).strip()
        if tag == "grapheme":
            self._lexeme.graphemes.append(text)
        elif tag in ("alias", "phoneme"):
            self._replace(tag, text)
        elif tag == "lexeme":
            self._keep()

    def _replace(self, tag: str, text: str) -> None:
        if len(text) > LONGEST_REPLACEMENT:
            raise shapes.MaxLexemeLengthExceededException(
                f"A replacement has {len(text)} characters; {LONGEST_REPLACEMENT} are accepted."
            )
        phonemes = ipa_of(text, self._alphabet) if tag == "phoneme" else None
        self._lexicon.unknown_signs += unknown_signs(phonemes or "", self._lexicon.language)
        if self._lexeme.said is None:
            self._lexeme.said = (
                Pronunciation(phonemes=phonemes) if phonemes else Pronunciation(alias=text)
            )

    def _keep(self) -> None:
        if not any(self._lexeme.graphemes) or self._lexeme.said is None:
            raise invalid("a <lexeme> needs a <grapheme>, and an <alias> or a <phoneme>")
        self._lexicon.lexemes += 1
        for grapheme in filter(None, self._lexeme.graphemes):
            self._lexicon.pronunciations.setdefault(grapheme, self._lexeme.said)


def _alphabet(name: str) -> str:
    if name not in ALPHABETS:
        raise shapes.UnsupportedPlsAlphabetException(
            f"The alphabet {name} is not read here: {' and '.join(ALPHABETS)} are."
        )
    return name


def _refuse_doctype(*_: object) -> None:
    raise invalid("document types are not allowed")
