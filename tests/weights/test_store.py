"""What is kept on the disk, added to it, checked and removed."""

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from outcrop.weights import (
    UnknownWeightsError,
    WeightsDamagedError,
    WeightsExistError,
    WeightsMissingError,
    WeightStore,
)
from outcrop.weights.errors import CatalogError, DiskFullError, UnknownFileError
from tests.weights.entries import CONTENT, HUB, entry, entry_of, file, sha256, store


@pytest.fixture
def weights(tmp_path: Path) -> WeightStore:
    """A store whose entry `tiny` comes from a mirror directory."""
    mirror = tmp_path / "mirror" / "tiny"
    mirror.mkdir(parents=True)
    (mirror / "tiny.gguf").write_bytes(CONTENT)
    return store(tmp_path / "weights", entry(), mirror=str(mirror.parent))


def write_gguf(path: Path, architecture: str, context_tokens: int) -> Path:
    """Write the header of a GGUF file with one key more than is read."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    string, uint32, array = 8, 4, 9
    keys = [
        text("general.architecture") + struct.pack("<I", string) + text(architecture),
        text("general.tags")
        + struct.pack("<IIQ", array, string, 2)
        + text("small")
        + text("quick"),
        text(f"{architecture}.context_length") + struct.pack("<II", uint32, context_tokens),
    ]
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(keys)) + b"".join(keys))
    return path


def test_weights_that_are_not_there_say_how_to_get_them(weights: WeightStore):
    with pytest.raises(WeightsMissingError) as caught:
        weights.path("tiny")

    assert str(caught.value) == (
        "The weights 'tiny' are not on this machine: run `outcrop models pull tiny`."
    )


def test_a_licence_lies_beside_pulled_weights(weights: WeightStore):
    weights.pull("tiny")

    licence = (weights.path("tiny").parent / "LICENCE.txt").read_text(encoding="utf-8")

    assert licence.startswith("Weights: tiny\nLicence: MIT (https://example.org/licence)\n\nMIT")


def test_another_file_of_an_entry_is_found_by_its_name(tmp_path: Path):
    both = entry_of(file("a.bin", content=b"a"), file("sub/b.bin", content=b"b"))
    weights = store(tmp_path, both)
    (tmp_path / "tiny" / "sub").mkdir(parents=True)
    (tmp_path / "tiny" / "a.bin").write_bytes(b"a")
    (tmp_path / "tiny" / "sub" / "b.bin").write_bytes(b"b")

    assert weights.path("tiny", "sub/b.bin") == tmp_path / "tiny" / "sub" / "b.bin"
    with pytest.raises(UnknownFileError, match=r"'tiny' have no file 'c\.bin'"):
        weights.path("tiny", "c.bin")


def test_only_missing_files_are_pulled(weights: WeightStore):
    weights.pull("tiny")
    changed = weights.path("tiny").stat().st_mtime_ns

    weights.pull("tiny")

    assert weights.path("tiny").stat().st_mtime_ns == changed


def test_damage_is_found_by_verifying(weights: WeightStore):
    weights.pull("tiny")
    weights.verify("tiny")
    damaged = b"x" + CONTENT[1:]
    weights.path("tiny").write_bytes(damaged)

    with pytest.raises(WeightsDamagedError, match=f"has the sha256 {sha256(damaged)}, not"):
        weights.verify("tiny")


def test_removed_weights_are_gone(weights: WeightStore):
    weights.pull("tiny")

    weights.remove("tiny")
    weights.remove("tiny")

    assert not weights.is_present("tiny")
    assert sorted(path.name for path in weights.settings.directory.iterdir()) == [
        ".locks",
        ".partial",
    ]


def test_a_full_disk_is_told_before_anything_is_fetched(tmp_path: Path):
    huge = entry(HUB)
    huge = replace(huge, files=(replace(huge.files[0], size=10**18),))
    weights = store(tmp_path, huge, hub_endpoint="http://127.0.0.1:1")

    with pytest.raises(DiskFullError, match="'tiny' needs 1000000 TB of room in "):
        weights.pull("tiny")


def test_a_gguf_of_ones_own_is_recorded_where_it_lies(weights: WeightStore, tmp_path: Path):
    own = write_gguf(tmp_path / "My Model (v2).gguf", "qwen2", 4096)

    added = weights.add(own)

    assert (added.name, added.ability, added.format, added.context_tokens) == (
        "my-model-v2",
        "chat",
        "gguf",
        4096,
    )
    reopened = store(weights.settings.directory, entry())
    assert reopened.entry("my-model-v2") == added
    assert reopened.path("my-model-v2") == own
    reopened.verify("my-model-v2")


def test_a_gguf_that_embeds_is_told_from_one_that_chats(weights: WeightStore, tmp_path: Path):
    added = weights.add(write_gguf(tmp_path / "e5.gguf", "bert", 512))

    assert added.ability == "embeddings"


def test_a_copy_outlives_the_original(weights: WeightStore, tmp_path: Path):
    own = write_gguf(tmp_path / "own.gguf", "llama", 2048)
    weights.add(own, name="copied", licence="MIT", copy=True)
    own.unlink()

    weights.verify("copied")

    assert weights.path("copied") == weights.settings.directory / "copied" / "own.gguf"
    assert weights.entry("copied").licence == "MIT"


def test_removing_what_was_added_leaves_the_file_alone(weights: WeightStore, tmp_path: Path):
    own = write_gguf(tmp_path / "own.gguf", "llama", 2048)
    weights.add(own)

    weights.remove("own")

    assert own.exists()
    with pytest.raises(UnknownWeightsError):
        weights.entry("own")


def test_an_added_file_that_is_gone_says_where_it_was(weights: WeightStore, tmp_path: Path):
    own = write_gguf(tmp_path / "own.gguf", "llama", 2048)
    weights.add(own)
    own.unlink()

    with pytest.raises(WeightsMissingError) as caught:
        weights.path("own")

    assert str(caught.value) == (
        f"The weights 'own' were added from {own}, which is gone or has changed."
    )


def test_a_name_is_given_only_once(weights: WeightStore, tmp_path: Path):
    own = write_gguf(tmp_path / "tiny.gguf", "llama", 2048)

    with pytest.raises(WeightsExistError, match="Weights called 'tiny' are there already"):
        weights.add(own)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("absent.gguf", None, "is no file"),
        ("empty.gguf", b"", "is empty"),
        ("wrong.gguf", b"PK\x03\x04 a zip", "is no GGUF file"),
        ("short.gguf", b"GGUF\x03\x00\x00", "is a broken GGUF file"),
        ("model.onnx", b"onnx", "does not tell what it can do: say so with `--ability`"),
        ("---.gguf", b"GGUF", "'' is no name for weights"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    weights: WeightStore, tmp_path: Path, name: str, content: bytes | None, complaint: str
):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CatalogError) as caught:
        weights.add(path)

    assert complaint in str(caught.value)
    assert [each.name for each in weights.entries()] == ["tiny"]


def test_a_format_that_tells_nothing_needs_its_ability(weights: WeightStore, tmp_path: Path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"onnx")

    added = weights.add(path, ability="embeddings")

    assert (added.name, added.format, added.ability) == ("model", "onnx", "embeddings")
