"""Pulling from the Hugging Face hub, against a stand-in that speaks its HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from outcrop.weights import PullError
from tests.weights.entries import CONTENT, HUB, HUB_PATH, entry, refusal, sha256, store
from tests.weights.file_server import FileServer, running


@pytest.fixture
def hub() -> Iterator[FileServer]:
    with running(FileServer(files={HUB_PATH: CONTENT})) as server:
        yield server


def test_a_file_comes_from_its_pinned_revision(hub: FileServer, tmp_path: Path):
    weights = store(tmp_path, entry(HUB), hub_endpoint=hub.url)

    weights.pull("tiny")

    assert weights.path("tiny") == tmp_path / "tiny" / "tiny.gguf"
    assert weights.path("tiny").read_bytes() == CONTENT
    assert [path for path, _headers in hub.requests] == [HUB_PATH]


def test_a_broken_connection_is_resumed_where_it_broke(hub: FileServer, tmp_path: Path):
    hub.breaks = [100_000, 200_000]
    weights = store(tmp_path, entry(HUB), hub_endpoint=hub.url)

    weights.pull("tiny")

    assert weights.path("tiny").read_bytes() == CONTENT
    assert hub.ranges() == [None, "bytes=100000-", "bytes=300000-"]


def test_a_later_pull_resumes_what_an_earlier_one_left(hub: FileServer, tmp_path: Path):
    hub.breaks = [100_000, 0]
    weights = store(tmp_path, entry(HUB), hub_endpoint=hub.url, max_retries=0)
    with pytest.raises(PullError):
        weights.pull("tiny")

    weights.pull("tiny")

    assert weights.path("tiny").read_bytes() == CONTENT
    assert hub.ranges() == [None, "bytes=100000-", "bytes=100000-"]


def test_a_server_without_ranges_sends_the_file_anew(hub: FileServer, tmp_path: Path):
    hub.honours_ranges = False
    hub.breaks = [100_000]
    weights = store(tmp_path, entry(HUB), hub_endpoint=hub.url)

    weights.pull("tiny")

    assert weights.path("tiny").read_bytes() == CONTENT


def test_a_busy_server_is_asked_again(hub: FileServer, tmp_path: Path):
    hub.statuses = [(503, {}), (429, {"Retry-After": "0"})]
    weights = store(tmp_path, entry(HUB), hub_endpoint=hub.url)

    weights.pull("tiny")

    assert len(hub.requests) == 3


def test_a_server_that_stays_busy_is_given_up(hub: FileServer, tmp_path: Path):
    hub.statuses = [(503, {})] * 3
    weights = store(tmp_path, entry(HUB), hub_endpoint=hub.url, max_retries=2)

    with pytest.raises(PullError) as caught:
        weights.pull("tiny")

    host = hub.url.removeprefix("http://")
    assert str(caught.value) == (
        "Could not pull 'tiny': no source gave tiny.gguf.\n"
        f"  huggingface acme/tiny: {host} is busy (503)"
    )


def test_the_token_is_sent_to_the_hub_and_not_to_where_it_redirects(tmp_path: Path):
    with (
        running(FileServer(files={"/blob": CONTENT})) as content_network,
        running(FileServer(token="secret")) as hub,
    ):
        hub.redirects = {HUB_PATH: f"{content_network.url}/blob"}
        weights = store(tmp_path, entry(HUB), hub_endpoint=hub.url, hub_token="secret")

        weights.pull("tiny")

        assert [headers["authorization"] for _path, headers in hub.requests] == ["Bearer secret"]
        assert [headers.get("authorization") for _path, headers in content_network.requests] == [
            None
        ]
        assert "secret" not in repr(weights.settings)


def test_a_gated_file_says_that_a_token_is_needed(hub: FileServer, tmp_path: Path):
    hub.token = "secret"
    weights = store(tmp_path, entry(HUB), hub_endpoint=hub.url)

    with pytest.raises(PullError, match=r"refuses access \(401\): a token is needed"):
        weights.pull("tiny")


def test_a_file_of_another_length_is_refused_before_it_is_sent(hub: FileServer, tmp_path: Path):
    hub.files[HUB_PATH] = CONTENT + b"more"
    weights = store(tmp_path, entry(HUB), hub_endpoint=hub.url)

    with pytest.raises(PullError, match=f"has {len(CONTENT) + 4} bytes, not {len(CONTENT)}"):
        weights.pull("tiny")

    assert not weights.is_present("tiny")


def test_a_file_with_a_wrong_sha256_is_refused_and_never_placed(hub: FileServer, tmp_path: Path):
    wrong = CONTENT[:-1] + b"!"
    hub.files[HUB_PATH] = wrong
    weights = store(tmp_path, entry(HUB), hub_endpoint=hub.url)

    with pytest.raises(PullError) as caught:
        weights.pull("tiny")

    assert str(caught.value).endswith(refusal(len(wrong), sha256(wrong), entry(HUB)))
    assert not (tmp_path / "tiny").exists()
    assert [path for path in (tmp_path / ".partial").rglob("*") if path.is_file()] == []


def test_spoilt_leftovers_of_an_earlier_pull_are_replaced(hub: FileServer, tmp_path: Path):
    weights = store(tmp_path, entry(HUB), hub_endpoint=hub.url)
    leftover = tmp_path / ".partial" / "tiny" / sha256(CONTENT)
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"x" * 5000)

    weights.pull("tiny")

    assert weights.path("tiny").read_bytes() == CONTENT
    assert hub.ranges() == ["bytes=5000-", None]


def test_a_hub_out_of_reach_is_named_in_the_error(tmp_path: Path):
    with running(FileServer()) as gone:
        pass
    weights = store(tmp_path, entry(HUB), hub_endpoint=gone.url)

    with pytest.raises(PullError, match=r"huggingface acme/tiny: 127\.0\.0\.1:\d+ is out of reach"):
        weights.pull("tiny")
