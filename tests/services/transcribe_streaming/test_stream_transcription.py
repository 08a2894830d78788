"""Speech as a stream: by WebSocket, as browsers send it, and by `amazon-transcribe` over HTTP/2."""

import asyncio
import json
import os
import ssl
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from outcrop import LocalServer
from outcrop.protocol.event_stream import Message, decode, encode
from tests.client_environments import client_environment, interpreter_of
from tests.recordings import (
    CALL,
    DIALOGUE,
    DICTATED_ENGLISH,
    DICTATED_FRENCH,
    ENGLISH,
    FRENCH,
    TWO_CHANNELS,
    as_format,
    pcm_of,
    speech_weights,
)
from tests.small_weights import small_weights

HERE = Path(__file__).parent
pytestmark = pytest.mark.anyio

ENGLISH_PCM: Mapping[str, str] = {
    "language-code": "en-US",
    "media-encoding": "pcm",
    "sample-rate": "16000",
}
SECOND = 32000
"""Bytes of one second at 16 kHz."""


@pytest.fixture(scope="session", autouse=True)
def weights() -> None:
    speech_weights()
    small_weights()


class Stream:
    """A stream that is open."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, samples: bytes) -> None:
        """Send sound, a fifth of a second at a time."""
        for start in range(0, len(samples), SECOND // 5):
            await self._send(samples[start : start + SECOND // 5])

    async def finish(self) -> None:
        await self._send(b"")

    async def _send(self, chunk: bytes) -> None:
        headers = {
            ":message-type": "event",
            ":event-type": "AudioEvent",
            ":content-type": "application/octet-stream",
        }
        await self.socket.send(encode(Message(headers, chunk)))

    async def message(self) -> tuple[Any, Any]:
        """Return the next message's type and content."""
        async with asyncio.timeout(600):
            message = decode(await self.socket.recv(decode=False))
        kind = message.headers.get(":event-type") or message.headers.get(":exception-type")
        return kind, json.loads(message.payload)

    async def result(self) -> Any:
        """Return the next result."""
        kind, content = await self.message()
        assert kind == "TranscriptEvent", content
        (result,) = content["Transcript"]["Results"]
        return result

    async def answer(self) -> Any:
        """Return the next result, and sound a little meanwhile: silence ends a stream."""
        waiting = asyncio.ensure_future(self.result())
        while not (await asyncio.wait((waiting,), timeout=5))[0]:
            await self._send(bytes(2))
        return await waiting

    async def rest(self) -> list[Any]:
        """Return all results until the stream ends."""
        results: list[Any] = []
        try:
            while True:
                results.append(await self.result())
        except ConnectionClosed:
            return results

    async def finals(self, samples: bytes) -> list[Any]:
        """Return what is finally told of some sound."""
        saying = asyncio.create_task(self.say(samples))
        saying.add_done_callback(lambda _: asyncio.ensure_future(self.finish()))
        results = [result for result in await self.rest() if not result["IsPartial"]]
        await saying
        return results


@asynccontextmanager
async def streaming(
    server: LocalServer,
    account: str,
    query: Mapping[str, str] = ENGLISH_PCM,
    *,
    url: str = "",
    context: ssl.SSLContext | None = None,
) -> AsyncIterator[Stream]:
    """Open a stream as the JavaScript SDK does."""
    place = f"{url or server.url}/stream-transcription-websocket"
    asked = AWSRequest("GET", f"{place}?{urlencode(query)}")
    key = Credentials(account, "secret")
    SigV4QueryAuth(key, "transcribe", "us-east-1", expires=300).add_auth(asked)
    socket_url = str(asked.url).replace("http", "ws", 1)
    async with connect(socket_url, ssl=context, open_timeout=600, ping_timeout=600) as socket:
        yield Stream(socket)


def text_of(result: Any) -> str:
    return str(result["Alternatives"][0]["Transcript"])


async def test_each_sentence_is_told_after_its_pause(server: LocalServer, account: str) -> None:
    async with streaming(server, account) as stream:
        results = await stream.finals(pcm_of(DIALOGUE))

    assert [text_of(result) for result in results][:2] == [
        "Hello, I would like to book a table for two people.",
        "Certainly, what time would you like to come?",
    ]
    assert len({result["ResultId"] for result in results}) == 4
    second = results[1]
    assert 3.8 < second["StartTime"] < 4.4
    assert 6.2 < second["EndTime"] < 6.8
    first_item = second["Alternatives"][0]["Items"][0]
    assert first_item.pop("Confidence") > 0.5
    assert first_item == {
        "StartTime": second["StartTime"],
        "EndTime": first_item["EndTime"],
        "Type": "pronunciation",
        "Content": "Certainly",
        "VocabularyFilterMatch": False,
    }


async def test_what_is_being_said_grows_and_stable_words_stay(
    server: LocalServer, account: str
) -> None:
    sound = pcm_of(ENGLISH)
    query = {**ENGLISH_PCM, "enable-partial-results-stabilization": "true"}

    async with streaming(server, account, query) as stream:
        partials: list[Any] = []
        for second in range(1, 7):
            await stream.say(sound[(second - 1) * SECOND : second * SECOND])
            partials.append(await stream.answer())
        await stream.say(sound[6 * SECOND :])
        await stream.finish()
        results = [*partials, *await stream.rest()]

    assert all(result["IsPartial"] for result in partials)
    assert len({result["ResultId"] for result in partials}) == 1
    ends = [result["EndTime"] for result in partials]
    assert ends == sorted(ends)
    stable = [
        [item["Content"] for item in result["Alternatives"][0]["Items"] if item["Stable"]]
        for result in results
        if result["ResultId"] == partials[0]["ResultId"]
    ]
    assert len(stable[5]) > 3
    for before, after in pairwise(stable):
        assert after[: len(before)] == before
    assert not results[-1]["IsPartial"]


async def test_the_language_is_found_among_the_options(server: LocalServer, account: str) -> None:
    query = {
        "identify-language": "true",
        "language-options": "en-US,fr-FR",
        "media-encoding": "pcm",
        "sample-rate": "8000",
    }

    async with streaming(server, account, query) as stream:
        results = await stream.finals(as_format(FRENCH, "s16le", "-ac", "1", "-ar", "8000"))

    assert {result["LanguageCode"] for result in results} == {"fr-FR"}
    assert "musée du Louvre" in " ".join(map(text_of, results))


@pytest.mark.slow
async def test_several_languages_are_told_result_by_result(
    server: LocalServer, account: str
) -> None:
    query = {
        "identify-multiple-languages": "true",
        "language-options": "en-US,fr-FR",
        "media-encoding": "pcm",
        "sample-rate": "16000",
    }
    sound = pcm_of(ENGLISH)[: 4 * SECOND] + bytes(SECOND) + pcm_of(FRENCH)

    async with streaming(server, account, query) as stream:
        results = await stream.finals(sound)

    codes = [result["LanguageCode"] for result in results]
    assert (codes[0], codes[-1]) == ("en-US", "fr-FR")
    assert codes == sorted(codes)


@pytest.mark.slow
async def test_with_low_stability_words_are_stable_later(server: LocalServer, account: str) -> None:
    sound = pcm_of(ENGLISH)
    query = {
        **ENGLISH_PCM,
        "enable-partial-results-stabilization": "true",
        "partial-results-stability": "low",
    }

    async with streaming(server, account, query) as stream:
        partials: list[Any] = []
        for second in range(1, 7):
            await stream.say(sound[(second - 1) * SECOND : second * SECOND])
            partials.append(await stream.answer())
        await stream.finish()
        last = (await stream.rest())[-1]

    stable = [
        sum(item["Stable"] for item in result["Alternatives"][0]["Items"]) for result in partials
    ]
    assert stable[:3] == [0, 0, 0]
    assert stable[-1] > 0
    assert all(item["Stable"] for item in last["Alternatives"][0]["Items"])


async def test_channels_are_told_apart(server: LocalServer, account: str) -> None:
    query = {
        **ENGLISH_PCM,
        "enable-channel-identification": "true",
        "number-of-channels": "2",
    }

    async with streaming(server, account, query) as stream:
        results = await stream.finals(as_format(TWO_CHANNELS, "s16le", "-ar", "16000"))

    told = {result["ChannelId"]: text_of(result) for result in results}
    assert told["ch_0"].endswith("for two people.")
    assert told["ch_1"].startswith("Certainly")


@pytest.mark.slow
async def test_a_vocabulary_changes_what_is_told(
    server: LocalServer, account: str, client: Any
) -> None:
    client("transcribe").create_vocabulary(
        VocabularyName="names", LanguageCode="en-US", Phrases=["Pieter"]
    )
    query = {**ENGLISH_PCM, "vocabulary-name": "names"}
    sound = as_format(CALL, "s16le", "-t", "4.9", "-af", "pan=mono|c0=c0", "-ar", "16000")

    async with streaming(server, account, query) as stream:
        results = await stream.finals(sound)

    assert "Pieter Brown" in " ".join(map(text_of, results))


@pytest.mark.parametrize(
    ("method", "told", "matches"),
    [
        ("mask", "*** ***. The", 2),
        pytest.param("remove", "The", 0, marks=pytest.mark.slow),
        pytest.param("tag", "Good morning. The", 2, marks=pytest.mark.slow),
    ],
)
async def test_filtered_words_are_masked_removed_or_tagged(
    server: LocalServer, account: str, client: Any, method: str, told: str, matches: int
) -> None:
    client("transcribe").create_vocabulary_filter(
        VocabularyFilterName="hours", LanguageCode="en-US", Words=["good morning"]
    )
    query = {
        **ENGLISH_PCM,
        "vocabulary-filter-name": "hours",
        "vocabulary-filter-method": method,
    }

    async with streaming(server, account, query) as stream:
        (result,) = await stream.finals(pcm_of(ENGLISH)[: 2 * SECOND])

    assert text_of(result).startswith(told)
    items = result["Alternatives"][0]["Items"]
    assert sum(item["VocabularyFilterMatch"] for item in items) == matches


async def test_silence_tells_nothing(server: LocalServer, account: str) -> None:
    async with streaming(server, account) as stream:
        assert await stream.finals(bytes(3 * SECOND)) == []


@pytest.mark.parametrize(
    ("encoding", "form", "rate"),
    [
        ("ogg-opus", ("ogg", "-c:a", "libopus"), "16000"),
        ("flac", ("flac",), "16000"),
        pytest.param("g711-ulaw", ("mulaw",), "8000", marks=pytest.mark.slow),
        pytest.param("g711-alaw", ("alaw",), "8000", marks=pytest.mark.slow),
    ],
)
async def test_encoded_sound_is_heard(
    server: LocalServer, account: str, encoding: str, form: tuple[str, ...], rate: str
) -> None:
    query = {**ENGLISH_PCM, "media-encoding": encoding, "sample-rate": rate}
    sound = as_format(ENGLISH, *form, "-t", "1.8", "-ac", "1", "-ar", rate)

    async with streaming(server, account, query) as stream:
        (result,) = await stream.finals(sound)

    assert text_of(result).startswith("Good morning")
    assert 0.2 < result["EndTime"] < 2.0


@pytest.mark.parametrize("encoding", ["ogg-opus", "flac"])
async def test_sound_of_another_encoding_is_refused(
    server: LocalServer, account: str, encoding: str
) -> None:
    async with streaming(server, account, {**ENGLISH_PCM, "media-encoding": encoding}) as stream:
        await stream.say(pcm_of(ENGLISH)[:SECOND])
        await stream.finish()
        kind, content = await stream.message()

    assert kind == "BadRequestException"
    assert content["Message"].startswith("FFmpeg cannot read it")


async def test_personal_data_are_taken_out_before_anything_is_told(
    server: LocalServer, account: str
) -> None:
    query = {
        **ENGLISH_PCM,
        "content-redaction-type": "PII",
        "pii-entity-types": "NAME, PHONE",
    }

    async with streaming(server, account, query) as stream:
        await stream.say(pcm_of(DICTATED_ENGLISH)[: 8 * SECOND])
        await stream.finish()
        results = await stream.rest()

    assert [(text_of(result).rstrip("."), result["IsPartial"]) for result in results] == [
        ("Hello, my name is [NAME]", False),
        ("My phone number is [PHONE]", False),
    ]
    name, phone = (result["Alternatives"][0]["Entities"][0] for result in results)
    assert 0.5 < name.pop("Confidence") <= 1
    assert 1.2 < name["StartTime"] < 1.7
    assert 2.0 < name["EndTime"] < 2.6
    assert name == {
        "StartTime": name["StartTime"],
        "EndTime": name["EndTime"],
        "Category": "PII",
        "Type": "NAME",
        "Content": "[NAME]",
    }
    assert phone["Type"] == "PHONE"
    items = results[0]["Alternatives"][0]["Items"]
    (tag,) = (item for item in items if item["Content"] == "[NAME]")
    assert "Confidence" not in tag


async def test_personal_data_are_named_in_french(server: LocalServer, account: str) -> None:
    query = {**ENGLISH_PCM, "language-code": "fr-FR", "content-identification-type": "PII"}

    async with streaming(server, account, query) as stream:
        (result,) = await stream.finals(pcm_of(DICTATED_FRENCH)[: int(2.6 * SECOND)])

    (alternative,) = result["Alternatives"]
    assert alternative["Transcript"].startswith("Bonjour, je m'appelle Claire Martin")
    told = [(entity["Type"], entity["Content"]) for entity in alternative["Entities"]]
    assert told == [("NAME", "Claire Martin")]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            {"media-encoding": "pcm", "sample-rate": "16000"},
            "Specify one of LanguageCode, IdentifyLanguage and IdentifyMultipleLanguages, and no"
            " other.",
        ),
        (
            {**ENGLISH_PCM, "media-encoding": "g729"},
            "Outcrop's streams take the media encoding pcm or ogg-opus or flac or g711-ulaw or"
            " g711-alaw, not g729.",
        ),
        (
            {
                **ENGLISH_PCM,
                "content-redaction-type": "PII",
                "content-identification-type": "PII",
            },
            "You can't set both ContentIdentificationType and ContentRedactionType in the same"
            " request.",
        ),
        (
            {**ENGLISH_PCM, "pii-entity-types": "NAME"},
            "PiiEntityTypes needs a ContentIdentificationType or a ContentRedactionType.",
        ),
        (
            {**ENGLISH_PCM, "content-redaction-type": "PII", "pii-entity-types": "NAME,SHOE"},
            "SHOE is none of the PiiEntityTypes.",
        ),
        (
            {**ENGLISH_PCM, "language-code": "de-DE", "content-redaction-type": "PII"},
            "Personal data can't be identified in de-DE: the models on this server know names in"
            " en and fr.",
        ),
        (
            {**ENGLISH_PCM, "vocabulary-name": "none"},
            "The vocabulary none couldn't be found, or isn't ready. Check its name and try your"
            " request again.",
        ),
    ],
    ids=["no language", "encoding", "both", "types alone", "unknown type", "German", "vocabulary"],
)
async def test_what_no_stream_can_do_is_said(
    server: LocalServer, account: str, query: Mapping[str, str], message: str
) -> None:
    async with streaming(server, account, query) as stream:
        assert await stream.message() == ("BadRequestException", {"Message": message})


async def test_a_rate_out_of_bounds_is_refused_at_once(server: LocalServer, account: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with streaming(server, account, {**ENGLISH_PCM, "sample-rate": "4000"}):
            pass

    assert caught.value.response.status_code == 400


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
