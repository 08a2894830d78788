"""Texts of HTML: passages end where an element begins or ends that is no part of a line.

Source: https://html.spec.whatwg.org/multipage/text-level-semantics.html
"""

import html
import re
from html.parser import HTMLParser
from itertools import accumulate

from outcrop.engines.document_texts.found import Found, spliced

INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "data", "del", "dfn"),
        *("em", "font", "i", "img", "ins", "kbd", "label", "mark", "q", "s", "samp", "small"),
        *("span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
VOID = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"),
        *("track", "wbr"),
    )
)
UNREAD = frozenset(("code", "noscript", "pre", "script", "style", "svg", "math", "template"))
"""Elements whose content is no text of a language."""
_SPACE = re.compile(r"[ \t\n\r\f]+")
"""A space that does not break is none of it."""


def read_web_page(text: str) -> list[Found]:
    """Return the passages of a page."""
    parser = _Parser(text)
    parser.feed(text)
    parser.close()
    parser.end_passage()
    return parser.found


def write_web_page(text: str, texts: list[list[str]]) -> str:
    """Return a page with other texts in its passages."""
    return spliced(text, read_web_page(text), texts, lambda one: html.escape(one, quote=False))


class _Parser(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[Found] = []
        self._text = text
        lines = text.split("\n")
        self._lines = [0, *accumulate(len(line) + 1 for line in lines)]
        self._passage: Found = Found()
        self._raw = (0, 0)
        """Of the run that is being read."""
        self._is_open = False
        self._closed_marks: list[str] = []
        self._unread: list[str] = []
        """The elements, innermost last, since the first one that is not read."""

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_kept = tag in UNREAD or dict(attrs).get("translate") == "no"
        if self._unread or is_kept:
            if not self._unread:
                self._mark(tag, f"<{tag}/>")
            if tag not in VOID:
                self._unread.append(tag)
            return
        self._mark(tag, f"<{tag}/>" if tag in VOID else f"<{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if not self._unread:
            self._mark(tag, f"<{tag}/>")

    def handle_endtag(self, tag: str) -> None:
        if self._unread:
            if tag in self._unread:
                while self._unread.pop() != tag:
                    pass
            return
        self._mark(tag, f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._take(data)

    def handle_entityref(self, name: str) -> None:
        self._take_reference(name)

    def handle_charref(self, name: str) -> None:
        self._take_reference(f"#{name}")

    def handle_comment(self, data: str) -> None:
        del data
        if self._passage.runs and not self._unread:
            self._close_run("<wbr/>")

    def handle_decl(self, decl: str) -> None:
        del decl
        self.end_passage()

    def _take_reference(self, name: str) -> None:
        end = self._text.find(";", self._offset(), self._offset() + len(name) + 2)
        self._take(f"&{name};" if end >= 0 else f"&{name}")

    def _take(self, raw: str) -> None:
        start = self._offset()
        if self._unread:
            return
        if self._is_open:
            self._raw = (self._raw[0], start + len(raw))
        else:
            self._raw = (start, start + len(raw))
            self._is_open = True

    def _mark(self, tag: str, mark: str) -> None:
        if tag in INLINE or (self._unread == [] and mark.endswith("/>") and tag in UNREAD):
            self._close_run(mark)
        else:
            self.end_passage()

    def _close_run(self, mark: str) -> None:
        """End a run; what comes before the first text of a passage is no part of it."""
        text = self._text[self._raw[0] : self._raw[1]] if self._is_open else ""
        if not self._passage.runs and not text.strip():
            self._is_open = False
            return
        self._add_run()
        self._passage.marks.append(mark)

    def _add_run(self) -> None:
        start, end = self._raw if self._is_open else (self._offset(), self._offset())
        raw = self._text[start:end]
        if not self._passage.runs:
            start += len(raw) - len(raw.lstrip())
        self._passage.runs.append(html.unescape(_SPACE.sub(" ", self._text[start:end])))
        self._passage.places.append([(start, end)])
        self._is_open = False

    def end_passage(self) -> None:
        """Keep the passage that was read, if it has a text."""
        passage = self._passage
        if self._is_open and (passage.runs or self._text[slice(*self._raw)].strip()):
            self._add_run()
        self._is_open = False
        while passage.runs and (
            not passage.runs[-1].strip() or len(passage.marks) >= len(passage.runs)
        ):
            if len(passage.marks) < len(passage.runs):
                passage.runs.pop()
                passage.places.pop()
            if passage.marks:
                passage.marks.pop()
        if passage.runs:
            _trim_end(passage, self._text)
            self.found.append(passage)
        self._passage = Found()


def _trim_end(passage: Found, text: str) -> None:
    """Leave white space behind a passage where it is."""
    start, end = passage.places[-1][0]
    raw = text[start:end]
    passage.places[-1] = [(start, end - (len(raw) - len(raw.rstrip())))]
    passage.runs[-1] = passage.runs[-1].rstrip()
