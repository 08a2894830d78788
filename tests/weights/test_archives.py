"""Reading one member out of an archive that may be hostile."""

import tarfile
from pathlib import Path

import pytest

from outcrop.weights.archives import read_member
from outcrop.weights.errors import SourceError
from tests.weights.packages import write_tar, write_wheel

CONTENT = b"weights" * 1000


def read(archive: Path, member: str, limit: int = len(CONTENT)) -> bytes:
    return b"".join(read_member(archive, member, limit=limit))


def test_a_member_of_a_wheel_is_read(tmp_path: Path):
    archive = write_wheel(tmp_path, "tiny", {"tiny/part01.bin": CONTENT})

    assert read(archive, "tiny/part01.bin") == CONTENT


def test_a_member_of_an_npm_package_is_read(tmp_path: Path):
    archive = write_tar(tmp_path / "tiny.tgz", {"package/a": b"a", "package/w.bin": CONTENT})

    assert read(archive, "package/w.bin") == CONTENT


@pytest.mark.parametrize("name", ["../evil", "tiny/../../evil", "/etc/evil", "tiny\\..\\evil"])
def test_an_archive_with_a_name_that_points_outside_is_refused(tmp_path: Path, name: str):
    members = {name: b"evil", "package/w.bin": CONTENT}
    archives = [write_wheel(tmp_path, "tiny", members), write_tar(tmp_path / "tiny.tgz", members)]

    for archive in archives:
        with pytest.raises(SourceError) as caught:
            read(archive, "package/w.bin")

        assert str(caught.value) == (
            f"{archive.name} is refused: its member {name!r} points outside it"
        )


def test_a_link_is_no_file(tmp_path: Path):
    path = tmp_path / "tiny.tgz"
    with tarfile.open(path, "w:gz") as archive:
        link = tarfile.TarInfo("package/w.bin")
        link.type = tarfile.SYMTYPE
        link.linkname = "/etc/passwd"
        archive.addfile(link)

    with pytest.raises(SourceError, match=r"package/w\.bin in tiny\.tgz is no plain file"):
        read(path, "package/w.bin")


def test_a_member_longer_than_expected_is_not_unpacked_to_its_end(tmp_path: Path):
    archive = write_wheel(tmp_path, "bomb", {"bomb/w.bin": bytes(64 << 20)})
    unpacked: list[bytes] = []

    with pytest.raises(SourceError, match="longer than the 5000000 bytes that are left"):
        unpacked.extend(read_member(archive, "bomb/w.bin", limit=5_000_000))

    assert sum(map(len, unpacked)) <= 5_000_000


def test_a_member_that_is_not_there_is_named(tmp_path: Path):
    archive = write_wheel(tmp_path, "tiny", {"tiny/part01.bin": CONTENT})

    with pytest.raises(SourceError) as caught:
        read(archive, "tiny/part02.bin")

    assert str(caught.value) == "tiny-1.0-py3-none-any.whl has no member tiny/part02.bin"


@pytest.mark.parametrize("name", ["broken.whl", "broken.tgz"])
def test_a_broken_archive_is_a_clear_error(tmp_path: Path, name: str):
    archive = tmp_path / name
    archive.write_bytes(b"PK\x03\x04 and then nothing of an archive")

    with pytest.raises(SourceError, match=rf"{name} is no sound archive"):
        read(archive, "package/w.bin")


def test_an_archive_cut_short_is_a_clear_error(tmp_path: Path):
    archive = write_tar(tmp_path / "tiny.tgz", {"package/w.bin": bytes(range(256)) * 4000})
    archive.write_bytes(archive.read_bytes()[:-600])

    with pytest.raises(SourceError, match=r"tiny\.tgz is no sound archive"):
        read(archive, "package/w.bin", limit=2_000_000)
