"""SSML, as Polly takes it: each tag either does what AWS says or is refused.

Source: https://docs.aws.amazon.com/polly/latest/dg/supportedtags.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from xml.parsers import expat

from outcrop.engines.text_to_speech.interface import Bookmark, Part, Passage, Pause
from outcrop.services.polly import shapes
from outcrop.services.polly.manners import Manner, invalid, manner_of, pause_of
from outcrop.services.polly.scripts import Manuscript, Place
from outcrop.services.polly.voices import PollyVoice

PARAGRAPH_SECONDS = 0.6
SENTENCE_SECONDS = 0.2
"""Besides the silence that a voice leaves behind a sentence."""
PAUSED_AT = " \u00a0\u202f.,;:!?…。、，；：！？"
"""What `<break strength="none"/>` takes from the end of the text before it."""
NOT_BY_NEURAL_VOICES = frozenset(("emphasis", "amazon:auto-breaths", "amazon:breath"))
"""Tags that AWS refuses with every engine but `standard`."""
WITH_TEXT_ALONE = frozenset(("phoneme", "sub", "w", "say-as"))
"""Tags within which there may be no other."""


def read_ssml(text: str, *, voice: PollyVoice, engine: str) -> Manuscript:
    """Return the manuscript of a text in SSML.

    Raises:
        InvalidSsmlException: It is no XML, or has tags, attributes or values that are not taken.
    """
    return _Reader(text.encode("utf-8", "replace"), voice, engine).read()


@dataclass(slots=True)
class _Element:
    tag: str
    manner: Manner
    has_text: bool = False


@dataclass(slots=True)
class _Written:
    """Text of one element that no tag has come between."""

    manner: Manner
    characters: list[str] = field(default_factory=list[str])


class _Reader:
    def __init__(self, source: bytes, voice: PollyVoice, engine: str) -> None:
        self._source = source
        self._engine = engine
        self._first = Manner(voice=voice.speaker, language=voice.language)
        self._open: list[_Element] = []
        self._written: _Written | None = None
        self._parts: list[Part] = []
        self._places: list[Place] = []
        self._marks: dict[str, Place] = {}
        self._names: dict[str, str] = {}
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def read(self) -> Manuscript:
        try:
            self._parser.Parse(self._source, True)
        except expat.ExpatError as error:
            raise invalid(str(error)) from error
        return Manuscript(
            source=self._source,
            parts=self._parts,
            places=self._places,
            marks=self._marks,
            mark_names=self._names,
        )

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._close_text()
        if (tag == "speak") != (not self._open):
            raise invalid("the outermost element must be <speak>, and no other")
        if self._open and self._open[-1].tag in WITH_TEXT_ALONE:
            raise invalid(f"<{tag}> is not allowed within <{self._open[-1].tag}>")
        if self._engine != "standard" and tag in NOT_BY_NEURAL_VOICES:
            raise shapes.InvalidSsmlException("Unsupported Neural feature")
        if self._engine != "standard" and tag == "prosody" and "pitch" in attributes:
            raise shapes.InvalidSsmlException("Unsupported Neural feature")
        before = self._open[-1].manner if self._open else self._first
        if act := ACTS.get(tag):
            act(self, attributes)
            manner = before
        else:
            manner = manner_of(tag, attributes, before)
        self._open.append(_Element(tag, manner))

    def _end(self, tag: str) -> None:
        self._close_text()
        element = self._open.pop()
        if tag in EMPTY and element.has_text:
            raise invalid(f"<{tag}> holds no text")
        if tag in BOUNDARIES:
            self._parts.append(Pause(seconds=BOUNDARIES[tag], ends_sentence=True))

    def _text(self, text: str) -> None:
        start = self._parser.CurrentByteIndex
        self._places += self._places_of(text, start)
        element = self._open[-1]
        element.has_text = element.has_text or bool(text.strip())
        if self._written is None:
            self._written = _Written(element.manner)
        self._written.characters.append(text.replace("\n", " "))

    def _places_of(self, text: str, start: int) -> list[Place]:
        if self._source[start : start + 1] == b"&":  # An entity: one character of many bytes.
            end = self._source.index(b";", start) + 1
            return [Place(start, end) for _ in text]
        places: list[Place] = []
        for character in text:
            size = len(character.encode())
            if character == "\n" and self._source[start : start + 2] == b"\r\n":
                size = 2
            places.append(Place(start, start + size))
            start += size
        return places

    def _close_text(self) -> None:
        written, self._written = self._written, None
        if written is not None:
            self._parts.append(written.manner.passage("".join(written.characters)))

    def break_(self, attributes: Mapping[str, str]) -> None:
        place = self._tag_place()
        self._note("", place)
        before, after = self._source[: place.start].rstrip(), self._source[place.end :].lstrip()
        around = (before[-1:] + after[:1]).decode(errors="ignore")
        seconds = pause_of(attributes, around=around)
        if seconds or "time" in attributes:
            self._parts.append(Pause(seconds=seconds))
        else:
            self._take_pause_away()

    def _take_pause_away(self) -> None:
        """Take the marks that a voice pauses at from the end of the text before, if it has any."""
        spoken = (n for n, part in enumerate(self._parts) if not isinstance(part, Bookmark))
        last = max(spoken, default=None)
        if last is None:
            return
        part = self._parts[last]
        if (
            isinstance(part, Passage)
            and part.reading == "text"
            and not (part.said or part.phonemes)
        ):
            # As many characters as before: each has its place in the source.
            kept = part.text.rstrip(PAUSED_AT).ljust(len(part.text))
            self._parts[last] = replace(part, text=kept)

    def mark(self, attributes: Mapping[str, str]) -> None:
        if set(attributes) != {"name"}:
            raise invalid("<mark> has the attribute name")
        self._note(attributes["name"], self._tag_place())

    def boundary(self, attributes: Mapping[str, str]) -> None:
        if attributes:
            raise invalid(f"no such attribute: {next(iter(attributes))}")
        if any(isinstance(part, Passage) and part.text.strip() for part in self._parts[-1:]):
            self._parts.append(Pause(seconds=0.0, ends_sentence=True))

    def _note(self, name: str, place: Place) -> None:
        number = str(len(self._marks))
        self._marks[number] = place
        if name:
            self._names[number] = name
        self._parts.append(Bookmark(name=number))

    def _tag_place(self) -> Place:
        start = self._parser.CurrentByteIndex
        return Place(start, self._end_of_tag(start))

    def _end_of_tag(self, start: int) -> int:
        """Return where a tag ends, whose attributes may hold a `>`."""
        quote = 0
        for place in range(start, len(self._source)):
            byte = self._source[place]
            if quote:
                quote = 0 if byte == quote else quote
            elif byte in b"\"'":
                quote = byte
            elif byte == ord(">"):
                return place + 1
        return len(self._source)


Act = Callable[[_Reader, Mapping[str, str]], None]
ACTS: Mapping[str, Act] = {
    "break": _Reader.break_,
    "mark": _Reader.mark,
    "p": _Reader.boundary,
    "s": _Reader.boundary,
}
"""What tags do beside the manner of the text in them."""
BOUNDARIES = {"p": PARAGRAPH_SECONDS, "s": SENTENCE_SECONDS}
EMPTY = frozenset(("break", "mark"))


def _refuse_doctype(*_: object) -> None:
    raise invalid("document types are not allowed")
