"""Texts of Office files: paragraphs, whose runs are of one formatting each.

Sources: ECMA-376 (Office Open XML), parts 1 and 4: WordprocessingML, PresentationML, SpreadsheetML
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, unescape

from outcrop.engines.document_texts.found import Found, UneditableError, spliced


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What the elements of a format are called, without their namespaces."""

    main: str
    """A regular expression of the name of the file inside without which it is no such document."""
    parts: str
    """A regular expression of the names of the files inside that have texts."""
    paragraphs: frozenset[str]
    run: str
    text: str
    formatting: str
    breaks: frozenset[str] = frozenset()
    keeps_space: bool = True
    """Whether an element has to say that spaces at its ends count."""


FORMATS: Mapping[str, Vocabulary] = {
    "docx": Vocabulary(
        main=r"word/document\d*\.xml",
        parts=r"word/(?:document\d*|header\d*|footer\d*|footnotes|endnotes|comments)\.xml",
        paragraphs=frozenset(("p",)),
        run="r",
        text="t",
        formatting="rPr",
        breaks=frozenset(("br", "cr", "tab", "drawing", "footnoteReference", "endnoteReference")),
    ),
    "pptx": Vocabulary(
        main=r"ppt/presentation\.xml",
        parts=r"ppt/(?:slides/slide|notesSlides/notesSlide)\d+\.xml",
        paragraphs=frozenset(("p",)),
        run="r",
        text="t",
        formatting="rPr",
        breaks=frozenset(("br", "fld")),
        keeps_space=False,
    ),
    "xlsx": Vocabulary(
        main=r"xl/workbook\.xml",
        parts=r"xl/(?:sharedStrings|worksheets/sheet\d+)\.xml",
        paragraphs=frozenset(("si", "is")),
        run="r",
        text="t",
        formatting="rPr",
        breaks=frozenset(("rPh",)),
    ),
}
BYTES = "latin-1"
"""Expat counts in bytes, so a part is taken for one of as many characters."""
_TAG_END = re.compile(rb"""<[^\s/>]+(?:[^"'>]|"[^"]*"|'[^']*')*>""")


_PLAIN_TEXT = re.compile(r"<((?:\w+:)?)t>")


@dataclass(slots=True)
class _Text:
    formatting: bytes
    words: str
    place: tuple[int, int]


@dataclass(slots=True)
class _Paragraph:
    texts: list[_Text] = field(default_factory=list[_Text])
    breaks: set[int] = field(default_factory=set[int])
    """Before which texts something stands that is none."""


def read_part(content: bytes, vocabulary: Vocabulary) -> list[Found]:
    """Return the passages of one part of a file.

    Raises:
        UneditableError: It is no XML in UTF-8, or declares entities.
    """
    reader = _Reader(content, vocabulary)
    return [_grouped(paragraph) for paragraph in reader.read() if _has_words(paragraph)]


def write_part(content: bytes, vocabulary: Vocabulary, texts: Sequence[Sequence[str]]) -> bytes:
    """Return a part with other texts in its passages.

    Raises:
        UneditableError: See `read_part`.
    """
    found = read_part(content, vocabulary)
    written = spliced(content.decode(BYTES), found, texts, _encoded)
    if vocabulary.keeps_space:
        written = _PLAIN_TEXT.sub(r'<\1t xml:space="preserve">', written)
    return written.encode(BYTES)


def _encoded(text: str) -> str:
    return escape(text).encode().decode(BYTES)


def _has_words(paragraph: _Paragraph) -> bool:
    return any(text.words.strip() for text in paragraph.texts)


def _grouped(paragraph: _Paragraph) -> Found:
    """Join texts of the same formatting, and mark the others against the commonest one."""
    sizes: Counter[bytes] = Counter()
    for text in paragraph.texts:
        sizes[text.formatting] += len(text.words)
    (plain, _), *_ = sizes.most_common(1)
    found: Found = Found()
    before: bytes | None = None
    for at, text in enumerate(paragraph.texts):
        if before == text.formatting and at not in paragraph.breaks:
            found.runs[-1] += text.words
            found.places[-1].append(text.place)
            continue
        if before is not None:
            is_break = at in paragraph.breaks
            found.marks.append("<br/>" if is_break else _mark(before, text.formatting, plain))
        found.runs.append(text.words)
        found.places.append([text.place])
        before = text.formatting
    return found


def _mark(before: bytes, behind: bytes, plain: bytes) -> str:
    if before == plain:
        return "<b>"
    return "</b>" if behind == plain else "<i/>"


class _Reader:
    """Takes what expat finds, with the places in bytes."""

    def __init__(self, content: bytes, vocabulary: Vocabulary) -> None:
        self._content = content
        self._words = vocabulary
        self._done: list[_Paragraph] = []
        self._open: list[_Paragraph] = []
        self._formatting: list[bytes] = []
        self._formatting_from: int | None = None
        self._depth = 0
        self._text_from: int | None = None
        self._skipping = 0
        self._parser = expat.ParserCreate()

    def read(self) -> list[_Paragraph]:
        parser = self._parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._entity
        try:
            self._content.decode()
            parser.Parse(self._content, True)
        except UnicodeDecodeError as error:
            raise UneditableError("A part of the file is not encoded in UTF-8.") from error
        except expat.ExpatError as error:
            raise UneditableError(f"A part of the file is no XML: {error}.") from error
        return self._done

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        del attributes
        local, here = name.rpartition(":")[2], self._parser.CurrentByteIndex
        words = self._words
        if local in words.paragraphs:
            self._open.append(_Paragraph())
            self._formatting.append(b"")
        elif local == words.run and self._formatting:
            self._formatting[-1] = b""
        elif local == words.formatting and self._formatting_from is None:
            self._formatting_from = here
        elif local in words.breaks:
            self._skipping += 1
            if self._open:
                self._open[-1].breaks.add(len(self._open[-1].texts))
        elif local == words.text and self._open and not self._skipping:
            match = _TAG_END.match(self._content, here)
            if match and not match.group().endswith(b"/>"):
                self._text_from = match.end()

    def _end(self, name: str) -> None:
        local, here = name.rpartition(":")[2], self._parser.CurrentByteIndex
        words = self._words
        if local in words.paragraphs and self._open:
            self._done.append(self._open.pop())
            self._formatting.pop()
        elif local == words.formatting and self._formatting_from is not None:
            if self._formatting:
                self._formatting[-1] = self._content[self._formatting_from : here]
            self._formatting_from = None
        elif local in words.breaks:
            self._skipping -= 1
        elif local == words.text and self._text_from is not None:
            raw = self._content[self._text_from : here].decode()
            text = unescape(raw, {"&quot;": '"', "&apos;": "'"})
            place = (self._text_from, here)
            self._open[-1].texts.append(_Text(self._formatting[-1], text, place))
            self._text_from = None

    def _entity(self, *_: Any) -> None:
        raise UneditableError("A part of the file declares entities.")
