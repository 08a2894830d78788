"""Terminology and parallel data files: CSV, TSV and TMX, read into rows by language.

Sources: https://docs.aws.amazon.com/translate/latest/dg/creating-custom-terminology.html,
https://docs.aws.amazon.com/translate/latest/dg/customizing-translations-parallel-data-input-files.html
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from outcrop.services.translate.language_codes import names

SEPARATORS = {"CSV": ",", "TSV": "\t"}
LONGEST_FIELD = 1 << 20
FORMULAS = ("=", "+", "@", "-")


class UnreadableFileError(Exception):
    """The file is not what its format asks for; the message says where."""


@dataclass(frozen=True, slots=True)
class Row:
    """One expression or sentence, by language; languages in which it is empty are left out."""

    texts: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermFile:
    """What a file holds."""

    languages: Sequence[str]
    """In the order of the file: the first is the source language."""
    rows: Sequence[Row]
    skipped: int
    """Rows that say nothing of the source language, or nothing but it."""


def read_term_file(content: bytes, form: str) -> TermFile:
    """Return what a file of a format, `CSV`, `TSV` or `TMX`, holds.

    Raises:
        UnreadableFileError: See there.
    """
    if not content.strip():
        raise UnreadableFileError("The file is blank.")
    languages, rows = _read_tmx(content) if form == "TMX" else _read_table(content, form)
    if len(languages) < 2:
        raise UnreadableFileError("The file needs a source language and a target language.")
    whole = [row for row in rows if languages[0] in row.texts and len(row.texts) > 1]
    if not whole:
        raise UnreadableFileError("The file has no entries.")
    return TermFile(languages=languages, rows=whole, skipped=len(rows) - len(whole))


def _read_table(content: bytes, form: str) -> tuple[list[str], list[Row]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError("The file is not encoded in UTF-8.") from error
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=SEPARATORS[form], strict=True)
    try:
        header = _header(next((fields for fields in reader if fields), ()))
        rows = [_row(header, fields, reader.line_num) for fields in reader if fields]
    except csv.Error as error:
        raise UnreadableFileError(f"Line {reader.line_num}: {error}.") from error
    if len(set(header)) != len(header):
        twice = next(language for language in header if header.count(language) > 1)
        raise UnreadableFileError(f"The language {twice} occurs twice in the first line.")
    return header, rows


def line_of_formula(content: bytes) -> int | None:
    """Return the first line of a CSV file that has a cell which spreadsheets take for a formula."""
    text = content.decode("utf-8-sig")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    for fields in reader:
        if any(field.startswith(FORMULAS) for field in fields):
            return reader.line_num
    return None


def _header(fields: Sequence[str]) -> list[str]:
    """Return the languages of the first line."""
    header = [_code(one) for one in fields]
    for written, language in zip(fields, header, strict=True):
        if language not in names():
            raise UnreadableFileError(
                "The first line must hold language codes, the source language's first:"
                f" {written.strip()!r} is not supported."
            )
    return header


def _row(header: Sequence[str], fields: Sequence[str], line: int) -> Row:
    if len(fields) > len(header):
        raise UnreadableFileError(f"Line {line} has more columns than the first line.")
    texts = zip(header, (field.strip() for field in fields), strict=False)
    return Row({language: text for language, text in texts if text})


def _code(written: str) -> str:
    """Return a language code in the service's own letters: `FR-ca` is `fr-CA`."""
    language, dash, region = written.strip().partition("-")
    code = language.lower() + dash + region.upper()
    known = names()
    return code if code in known or language.lower() not in known else language.lower()


def _read_tmx(content: bytes) -> tuple[list[str], list[Row]]:
    reader = _TmxReader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = reader.entity
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise UnreadableFileError(f"The file is not well-formed XML: {error}.") from error
    seen = dict.fromkeys(language for row in reader.rows for language in row.texts)
    for language in seen:
        if language not in names():
            raise UnreadableFileError(f"The language code {language!r} is not supported.")
    source = reader.source if reader.source in seen else next(iter(seen), "")
    return [source, *(one for one in seen if one != source)] if source else [], reader.rows


class _TmxReader:
    """Takes what expat finds."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.source = ""
        self._texts: dict[str, str] = {}
        self._language = ""
        self._words: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "header":
            self.source = _code(attributes.get("srclang", ""))
        elif name == "tu":
            self._texts = {}
        elif name == "tuv":
            self._language = _code(attributes.get("xml:lang") or attributes.get("lang") or "")
        elif name == "seg":
            self._words = []

    def text(self, words: str) -> None:
        if self._words is not None:
            self._words.append(words)

    def end(self, name: str) -> None:
        if name == "seg" and self._words is not None:
            if words := "".join(self._words).strip():
                self._texts[self._language] = words
            self._words = None
        elif name == "tu":
            self.rows.append(Row(self._texts))

    def entity(self, *_: Any) -> None:
        raise UnreadableFileError("The file declares entities.")


def write_term_file(file: TermFile, form: str) -> bytes:
    """Return a file of a format, `CSV`, `TSV` or `TMX`, that holds the same."""
    if form == "TMX":
        return _written_tmx(file)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=SEPARATORS[form], lineterminator="\n")
    writer.writerow(file.languages)
    writer.writerows([row.texts.get(one, "") for one in file.languages] for row in file.rows)
    return out.getvalue().encode()


def _written_tmx(file: TermFile) -> bytes:
    units = "".join(
        "<tu>"
        + "".join(
            f'<tuv xml:lang="{language}"><seg>{_escaped(text)}</seg></tuv>'
            for language, text in row.texts.items()
        )
        + "</tu>\n"
        for row in file.rows
    )
    head = (
        f'<header creationtool="Outcrop" creationtoolversion="1" datatype="PlainText"'
        f' segtype="sentence" adminlang="en-us" srclang="{file.languages[0]}" o-tmf="none"/>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n{head}\n<body>\n{units}'
        "</body>\n</tmx>\n"
    ).encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
