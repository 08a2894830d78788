"""Media files of jobs: fetched from S3, known by how they begin, held to what AWS takes.

Sources: https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html and
https://docs.aws.amazon.com/transcribe/latest/APIReference/API_TranscriptionJob.html,
"FailureReason"
"""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from outcrop.engines.speech_to_text.interface import Recording, SoundFormat
from outcrop.engines.workers.engine import RefusedInputError
from outcrop.operations import Call
from outcrop.operations.service_jobs import JobFailedError, ServiceJob
from outcrop.services.transcribe.media_formats import HEAD_BYTES, format_of, is_same
from outcrop.services.transcribe.places import place_of

MOST_BYTES = 2 << 30
"""Of a media file.

Source: https://docs.aws.amazon.com/general/latest/gr/transcribe.html
"""
CHANNELS = 2
"""As many may be told apart; call analytics needs them."""
RATES_HZ = range(8000, 48001)

UNSUPPORTED = "Unsupported media format"
MISMATCH = "The media format provided does not match the detected media format"
UNPARSABLE = "Failed to parse audio file"
WRONG_RATE = "The sample rate provided does not match the detected sample rate"
INVALID_RATE = "Invalid sample rate for audio file"
TOO_LARGE = "Invalid file size: file size too large"
TOO_FEW_CHANNELS = "Invalid number of channels: call analytics needs one for each participant"
TOO_MANY_CHANNELS = "Invalid number of channels: number of channels too large"
REFUSALS: Mapping[str, str] = {"unreadable": UNPARSABLE, "too large": TOO_LARGE}


@contextlib.asynccontextmanager
async def recording_of(job: ServiceJob) -> AsyncGenerator[Recording]:
    """Give a job's media file for a while; what the engines cannot read of it fails the job.

    Raises:
        JobFailedError: It is not what it is said to be, or not to be read.
        ServiceError: It cannot be fetched.
    """
    asked = job.document["asked"]
    with tempfile.TemporaryDirectory(prefix="outcrop-transcribe-") as folder:
        path = Path(folder) / "media"
        await _fetch(job.call, asked["Media"]["MediaFileUri"], path)
        media_format = await asyncio.to_thread(_media_format, path, asked.get("MediaFormat"))
        try:
            yield Recording(path=path, media_format=media_format)
        except RefusedInputError as error:
            if error.kind == "language":
                raise JobFailedError(str(error)) from error
            raise JobFailedError(REFUSALS.get(error.kind, UNPARSABLE)) from error


def check_sound(sound: SoundFormat, asked: Mapping[str, Any]) -> None:
    """Refuse sound of a rate that AWS does not take, or of another one than was asked for.

    Raises:
        JobFailedError: It is such.
    """
    if sound.sample_rate_hz not in RATES_HZ:
        raise JobFailedError(INVALID_RATE)
    if asked.get("MediaSampleRateHertz", sound.sample_rate_hz) != sound.sample_rate_hz:
        raise JobFailedError(WRONG_RATE)


def _media_format(path: Path, given: str | None) -> str:
    with path.open("rb") as file:
        detected = format_of(file.read(HEAD_BYTES))
    if detected is None:
        raise JobFailedError(MISMATCH if given else UNSUPPORTED)
    if given is not None and not is_same(given, detected):
        raise JobFailedError(MISMATCH)
    return detected


async def _fetch(call: Call, uri: str, path: Path) -> None:
    """Write an object into a file.

    Raises:
        JobFailedError: It is too large.
        ServiceError: It cannot be read.
    """
    bucket, key = place_of(uri)
    size, chunks = await call.objects.open_sized(bucket, key)
    if size > MOST_BYTES:
        raise JobFailedError(TOO_LARGE)
    if not await call.objects.link(bucket, key, path):
        await _copy(chunks, path)


async def _copy(chunks: AsyncIterator[bytes], path: Path) -> None:
    with path.open("wb") as file:
        async for chunk in chunks:
            await asyncio.to_thread(file.write, chunk)
