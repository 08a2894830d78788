"""The two programs that a new user runs first, as they stand: only the environment differs."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from outcrop import LocalServer
from outcrop.local import misleading
from tests.conftest import CHAT_MODEL

DEMO = Path(__file__).parents[2] / "demo"
FRENCH = {"de", "des", "du", "est", "et", "la", "le", "les", "pour", "que", "qui", "un", "une"}


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """Point programs at a server whose model is brief with who names no length."""
    settings = {"OUTCROP_CHAT_MODEL": CHAT_MODEL, "OUTCROP_BEDROCK_MAX_TOKENS": "40"}
    with LocalServer(tmp_path_factory.mktemp("first"), settings=settings).running() as server:
        told = server.client_environment()
        kept = {name: it for name, it in os.environ.items() if name not in misleading(told)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        yield {**kept, **told, "PATH": path}


def printed(variables: Mapping[str, str], *command: str | Path) -> str:
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_french_question_gets_french_sentences_about_the_cloud(
    variables: Mapping[str, str],
) -> None:
    shown = printed(variables, sys.executable, DEMO / "show.py", DEMO / "invoke_model.py")

    body, _, model = shown.partition("x-outcrop-model: ")
    words = set(re.findall(r"\w+", json.loads(body)["content"][0]["text"].lower()))
    assert "cloud" in words
    assert len(words & FRENCH) >= 3
    assert model.strip() == CHAT_MODEL


def test_the_aws_cli_converses(variables: Mapping[str, str]) -> None:
    answer = json.loads(printed(variables, "sh", DEMO / "converse.sh"))

    assert answer["output"]["message"]["role"] == "assistant"
    assert "cloud" in answer["output"]["message"]["content"][0]["text"].lower()
    assert answer["usage"]["outputTokens"] > 5
