"""Plain text, Markdown and CSV."""

import codecs

from outcrop.engines.documents.formats.refusals import UnreadableError, refuse_without_words

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_plain(content: bytes) -> str:
    """Return the text: UTF-8, what a byte order mark says, or else Windows' Western European.

    Raises:
        UnreadableError: It is no text.
    """
    return refuse_without_words(decoded(content).replace("\r\n", "\n"), "file")


def decoded(content: bytes) -> str:
    """Return the characters of a text.

    Raises:
        UnreadableError: It is no text.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    if b"\0" in content:
        raise UnreadableError("The file is not text.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
