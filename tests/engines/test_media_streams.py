"""Sound that is decoded while it comes."""

from collections.abc import AsyncIterator

import pytest

from outcrop.engines.media.streams import decoded
from outcrop.engines.workers.engine import RefusedInputError
from tests.recordings import ENGLISH, as_format

pytestmark = pytest.mark.anyio
SECOND = 32000
"""Bytes of samples at 16 kHz."""


async def pieces(content: bytes, error: Exception | None = None) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 4000):
        yield content[at : at + 4000]
    if error is not None:
        raise error


async def samples_of(chunks: AsyncIterator[bytes], encoding: str) -> bytes:
    samples = decoded(chunks, encoding=encoding, sample_rate_hz=16000, channels=1)
    return b"".join([some async for some in samples])


@pytest.mark.parametrize(
    ("encoding", "form"), [("flac", ("flac",)), ("ogg-opus", ("ogg", "-c:a", "libopus"))]
)
async def test_all_that_was_encoded_is_decoded(encoding: str, form: tuple[str, ...]) -> None:
    content = as_format(ENGLISH, *form, "-t", "2", "-ar", "16000", "-ac", "1")

    samples = await samples_of(pieces(content), encoding)

    assert abs(len(samples) - 2 * SECOND) < SECOND / 20
    assert any(samples[SECOND:])


async def test_no_sound_is_no_samples() -> None:
    assert await samples_of(pieces(b""), "flac") == b""


@pytest.mark.parametrize("encoding", ["flac", "ogg-opus"])
async def test_what_is_not_of_the_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(RefusedInputError, match=r"FFmpeg cannot read it: [A-Z]") as caught:
        await samples_of(pieces(b"rubbish" * 5000), encoding)

    assert " @ 0x" not in str(caught.value)


async def test_the_failure_of_whoever_brings_the_sound_is_raised() -> None:
    content = as_format(ENGLISH, "flac", "-t", "1", "-ar", "16000", "-ac", "1")

    with pytest.raises(KeyError, match="nobody speaks"):
        await samples_of(pieces(content, KeyError("nobody speaks")), "flac")
