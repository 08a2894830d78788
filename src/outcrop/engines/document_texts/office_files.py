"""Office files: archives of parts, of which some have texts.

Source: ECMA-376, part 2 (Open Packaging Conventions)
"""

import io
import re
import zipfile
from collections.abc import Sequence

from outcrop.engines.document_texts.found import Found, UneditableError
from outcrop.engines.document_texts.office_parts import FORMATS, Vocabulary, read_part, write_part


def read_office_file(content: bytes, kind: str, *, most_bytes: int) -> list[Found]:
    """Return the passages of a file, part by part.

    Raises:
        UneditableError: It is no such file, or unfolds to more than `most_bytes`.
    """
    vocabulary = FORMATS[kind]
    with _opened(content, vocabulary, most_bytes) as archive:
        return [
            passage
            for name in _parts(archive, vocabulary)
            for passage in read_part(archive.read(name), vocabulary)
        ]


def write_office_file(
    content: bytes, kind: str, texts: Sequence[Sequence[str]], *, most_bytes: int
) -> bytes:
    """Return a file with other texts in its passages.

    Raises:
        UneditableError: See `read_office_file`.
    """
    vocabulary = FORMATS[kind]
    written = io.BytesIO()
    at = 0
    with (
        _opened(content, vocabulary, most_bytes) as archive,
        zipfile.ZipFile(written, "w") as target,
    ):
        changed: dict[str, bytes] = {}
        for name in _parts(archive, vocabulary):
            part = archive.read(name)
            count = len(read_part(part, vocabulary))
            changed[name] = write_part(part, vocabulary, texts[at : at + count])
            at += count
        for info in archive.infolist():
            body = changed[info.filename] if info.filename in changed else archive.read(info)
            target.writestr(info, body, compress_type=info.compress_type)
    return written.getvalue()


def _parts(archive: zipfile.ZipFile, vocabulary: Vocabulary) -> list[str]:
    return [name for name in archive.namelist() if re.fullmatch(vocabulary.parts, name)]


def _opened(content: bytes, vocabulary: Vocabulary, most_bytes: int) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise UneditableError("The file is no Office document.") from error
    infos = archive.infolist()
    if not any(re.fullmatch(vocabulary.main, info.filename) for info in infos):
        raise UneditableError("The file is an archive, but no Office document of this kind.")
    if sum(info.file_size for info in infos) > most_bytes:
        raise UneditableError(f"The file unfolds to more than {most_bytes >> 20} MiB.")
    if any(info.flag_bits & 1 for info in infos):
        raise UneditableError("The file is locked by a password.")
    return archive
