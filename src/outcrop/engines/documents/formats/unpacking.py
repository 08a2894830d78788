"""Office files are zip archives: what they unfold to is known before they are unfolded."""

import io
import zipfile

from outcrop.engines.documents.formats.refusals import TooLargeError, UnreadableError


def check_archive(content: bytes, *, most_bytes: int) -> None:
    """Insist on an archive that is whole and not too large.

    Raises:
        UnreadableError: It is no archive, or locked by a password.
        TooLargeError: Its parts have more bytes together than they may.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise UnreadableError("The file is no Office file, or is locked by a password.") from error
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableError("The file is locked by a password.")
    size = sum(part.file_size for part in parts)
    if size > most_bytes:
        raise TooLargeError(f"The file unfolds to {size} bytes; {most_bytes} may be read.")
