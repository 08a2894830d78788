"""The process that edits documents. Run by `SandboxedDocumentEditor`."""

import resource
import zipfile
import zlib
from collections.abc import Callable, Generator, Sequence
from typing import Any

from outcrop.engines.document_texts.found import Found, UneditableError
from outcrop.engines.document_texts.office_files import read_office_file, write_office_file
from outcrop.engines.document_texts.office_parts import FORMATS
from outcrop.engines.document_texts.web_pages import read_web_page, write_web_page
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame

MARKUP = frozenset(("html",))


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Set the limits; there is nothing to load."""
    report({"loading": "editor"})
    resource.setrlimit(resource.RLIMIT_AS, (config["memory"], config["memory"]))

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer `read` with passages, and `write` with the document."""
        try:
            if kind := request.value.get("read"):
                found = _read(request.blob, kind, config["unpacked"])
                yield Frame([{"runs": one.runs, "marks": one.marks} for one in found])
            else:
                kind, texts = request.value["write"], request.value["texts"]
                yield Frame(None, _write(request.blob, kind, texts, config["unpacked"]))
        except UneditableError as error:
            raise child.RefusedError("unreadable", str(error)) from error
        except (MemoryError, RecursionError) as error:
            message = "Reading the document takes more memory than it may."
            raise child.RefusedError("too large", message) from error
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
            raise child.RefusedError("unreadable", f"The file is damaged: {error}.") from error

    return child.Ready(handle=handle)


def _read(content: bytes, kind: str, most_bytes: int) -> Sequence[Found]:
    if kind in FORMATS:
        return read_office_file(content, kind, most_bytes=most_bytes)
    text = _text(content)
    return read_web_page(text) if kind in MARKUP else [Found(runs=[text])]


def _write(content: bytes, kind: str, texts: list[list[str]], most_bytes: int) -> bytes:
    if kind in FORMATS:
        return write_office_file(content, kind, texts, most_bytes=most_bytes)
    text = _text(content)
    return (write_web_page(text, texts) if kind in MARKUP else texts[0][0]).encode()


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise UneditableError("The document is not encoded in UTF-8.") from error


if __name__ == "__main__":
    child.serve(start)
