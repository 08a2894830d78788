"""The process that reads documents. Run by `SandboxedDocumentReader`."""

import gc
import resource
from collections.abc import Callable, Generator, Mapping
from typing import Any

from outcrop.engines.documents.formats.pdf import read_pdf
from outcrop.engines.documents.formats.plain import read_plain
from outcrop.engines.documents.formats.refusals import TooLargeError, UnreadableError
from outcrop.engines.documents.formats.spreadsheet import read_spreadsheet
from outcrop.engines.documents.formats.unpacking import check_archive
from outcrop.engines.documents.formats.web_page import read_web_page
from outcrop.engines.documents.formats.word import read_word
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame

READERS: Mapping[str, Callable[[bytes], str]] = {
    "pdf": read_pdf,
    "docx": read_word,
    "xlsx": read_spreadsheet,
    "html": read_web_page,
    "csv": read_plain,
    "txt": read_plain,
    "md": read_plain,
}
ARCHIVES = frozenset(("docx", "xlsx"))


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Set the limits; the libraries are there already."""
    report({"loading": "readers"})
    memory = config["memory_limit_mib"] << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer with the text in UTF-8."""
        text = _read(request.value["kind"], request.blob, config)
        if len(text) > config["text_limit_chars"]:
            raise child.RefusedError(
                "too large", f"Its text has {len(text)} characters, more than may be read."
            )
        yield Frame(None, text.encode(errors="replace"))

    return child.Ready(handle=handle)


def _read(kind: str, content: bytes, config: Any) -> str:
    try:
        if kind in ARCHIVES:
            check_archive(content, most_bytes=config["unpacked_limit_mib"] << 20)
        return READERS[kind](content)
    except UnreadableError as error:
        raise child.RefusedError("unreadable", str(error)) from error
    except TooLargeError as error:
        raise child.RefusedError("too large", str(error)) from error
    except (MemoryError, RecursionError):
        pass
    gc.collect()  # The answer takes memory, too; what the error held is garbage by now.
    raise child.RefusedError("too large", "Reading it takes more memory than it may.")


if __name__ == "__main__":
    child.serve(start)
