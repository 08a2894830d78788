import stat
from pathlib import Path

from outcrop.gateway.session_secret import ensure_session_secret


def test_the_secret_stays_the_same(tmp_path: Path):
    file = tmp_path / "keys" / "sessions"

    first = ensure_session_secret(file)

    assert (len(first), ensure_session_secret(file)) == (32, first)


def test_only_the_user_may_read_the_secret(tmp_path: Path):
    ensure_session_secret(tmp_path / "sessions")

    assert stat.S_IMODE((tmp_path / "sessions").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["sessions"]


def test_each_folder_has_its_own(tmp_path: Path):
    assert ensure_session_secret(tmp_path / "a") != ensure_session_secret(tmp_path / "b")
