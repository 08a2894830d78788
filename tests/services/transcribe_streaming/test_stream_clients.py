"""AWS's clients stream over HTTP/2, browsers over TLS."""

import json
import os
import ssl
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from outcrop import LocalServer
from tests.client_environments import client_environment, interpreter_of
from tests.recordings import (
    DIALOGUE,
    ENGLISH,
    pcm_of,
)
from tests.services.transcribe_streaming.streams import SECOND, streaming, text_of

HERE = Path(__file__).parent
pytestmark = pytest.mark.anyio


def test_amazon_transcribe_streams_a_file_and_is_told_who_speaks(
    server: LocalServer, environment: Mapping[str, str], tmp_path: Path
) -> None:
    python = client_environment("amazon-transcribe", HERE / "requirements.txt") / "bin" / "python"
    (tmp_path / "sound").write_bytes(pcm_of(DIALOGUE))
    endpoint = f"https://localhost:{server.port + 1}"
    trusted = server.client_environment()["AWS_CA_BUNDLE"]

    done = subprocess.run(
        [
            *(python, HERE / "programs" / "stream_file.py", endpoint, tmp_path / "sound"),
            *("en-US", json.dumps({"show_speaker_label": True})),
        ],
        env={**os.environ, **environment, "SSL_CERT_FILE": trusted},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert len(told["session"]) == 36
    assert told["finals"][0] == "Hello, I would like to book a table for two people."
    assert [set(speakers) for speakers in told["speakers"]] == [
        {"spk_0"},
        {"spk_1"},
        {"spk_0"},
        {"spk_1"},
    ]


def test_the_aws_sdk_streams_a_file(
    server: LocalServer, environment: Mapping[str, str], tmp_path: Path
) -> None:
    newer = interpreter_of((3, 12))
    if newer is None:
        pytest.skip("aws-sdk-transcribe-streaming needs Python 3.12, which is not here")
    interpreter, version = newer
    folder = client_environment(
        "aws-sdk-transcribe-streaming",
        HERE / "requirements-aws-sdk.txt",
        interpreter=interpreter,
        version=version,
    )
    (tmp_path / "sound").write_bytes(pcm_of(ENGLISH)[: 4 * SECOND])
    endpoint = f"https://localhost:{server.port + 1}"
    authority = server.client_environment()["AWS_CA_BUNDLE"]

    done = subprocess.run(
        [
            *(folder / "bin" / "python", HERE / "programs" / "stream_with_aws_sdk.py"),
            *(endpoint, authority, tmp_path / "sound", "en-US"),
        ],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert len(told["session"]) == 36
    assert " ".join(told["finals"]).startswith("Good morning. The quarterly report")


async def test_a_presigned_web_socket_opens_over_tls(server: LocalServer, account: str) -> None:
    trusted = ssl.create_default_context(cafile=server.client_environment()["AWS_CA_BUNDLE"])
    url = f"https://localhost:{server.port + 1}"

    async with streaming(server, account, url=url, context=trusted) as stream:
        (result,) = await stream.finals(pcm_of(ENGLISH)[: int(1.8 * SECOND)])

    assert text_of(result).startswith("Good morning")
