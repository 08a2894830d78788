"""Unpacks what users packed, and nothing that would harm.

Source: https://docs.python.org/3/library/tarfile.html#tarfile-extraction-filter
"""

import shutil
import tarfile
import zlib
from pathlib import Path

MOST_BYTES = 512 << 30
"""As much as the largest volume of an instance holds: VolumeSizeInGB is at most 512."""
MOST_MEMBERS = 1_000_000


class BadArchiveError(Exception):
    """An archive is none, is broken, or would harm; the message says how."""


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a tar archive, compressed or not, into a new folder.

    Files and links that lead out of the folder, devices, and more than the disk holds are refused.

    Raises:
        BadArchiveError: It is refused.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    room = min(MOST_BYTES, shutil.disk_usage(folder).free)
    members = 0
    try:
        with tarfile.open(archive, "r:*") as opened:
            opened.extraction_filter = tarfile.data_filter
            for member in opened:
                members += 1
                room -= member.size
                if room < 0 or members > MOST_MEMBERS:
                    raise BadArchiveError("It holds more than there is room for.")
                opened.extract(member, folder)
    except tarfile.FilterError as error:
        raise BadArchiveError(f"It is refused: {error}.") from error
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise BadArchiveError(str(error)) from error
