"""The sound of a stream: its channels and its encodings."""

import pytest

from outcrop import LocalServer
from tests.recordings import (
    ENGLISH,
    TWO_CHANNELS,
    as_format,
    pcm_of,
)
from tests.services.transcribe_streaming.streams import ENGLISH_PCM, SECOND, streaming, text_of

pytestmark = pytest.mark.anyio


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
