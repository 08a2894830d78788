"""Files that lie in a folder of this machine, or of a network drive."""

from pathlib import Path

from outcrop.weights.errors import SourceError
from outcrop.weights.partial import CHUNK_BYTES, PartialFile
from outcrop.weights.progress import Step


def fetch_file(path: Path, partial: PartialFile, size: int, step: Step) -> None:
    """Append the bytes that are missing.

    Raises:
        SourceError: The file is not there, cannot be read, or has another size.
    """
    try:
        found = path.stat().st_size
        if found != size:
            raise SourceError(f"{path} has {found} bytes, not {size}")
        with path.open("rb") as file:
            file.seek(partial.size)
            while chunk := file.read(CHUNK_BYTES):
                partial.append(chunk)
                step("from the mirror", partial.size)
    except FileNotFoundError:
        raise SourceError(f"there is no {path}") from None
    except PermissionError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from error
