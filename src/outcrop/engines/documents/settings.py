"""What can be set of reading documents."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsSettings:
    """What reading one document may cost; what takes more is refused."""

    memory_limit_mib: int = 1024
    """Of the process that reads."""
    time_limit_seconds: float = 60.0
    file_limit_mib: int = 32
    unpacked_limit_mib: int = 256
    """Of the parts of an Office file, which is a zip archive."""
    text_limit_chars: int = 8_000_000
    """Of the text that comes of it."""
    idle_seconds: float = 60.0
    """Without a document for so long, the process ends; the next document starts another."""
