"""StartStreamTranscription: sound in, what is said out, while it is said.

Sources: https://docs.aws.amazon.com/transcribe/latest/APIReference/API_streaming_StartStreamTranscription.html
and https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html
"""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from outcrop.engines.media.streams import decoded
from outcrop.engines.speech_to_text.live import LiveTranscription
from outcrop.engines.workers.engine import EngineError, EngineUnavailableError, RefusedInputError
from outcrop.operations import Call, operation
from outcrop.operations.backends import Engines
from outcrop.operations.web_socket_route import WebSocketRoute
from outcrop.services.transcribe_streaming import shapes
from outcrop.services.transcribe_streaming.asking import PCM, Asked, understood
from outcrop.services.transcribe_streaming.personal_data import PersonalData
from outcrop.services.transcribe_streaming.telling import result_of

SILENT_SECONDS = 15.0
"""So long AWS waits for the next audio event."""
LATE_SECONDS = 1.0
NO_SOUND = "Your request timed out because no new audio was received for 15 seconds."

web_socket = WebSocketRoute("StartStreamTranscription", header_prefix="x-amzn-transcribe-")


@operation("StartStreamTranscription")
async def start_stream_transcription(
    call: Call, request: shapes.StartStreamTranscriptionRequest
) -> shapes.StartStreamTranscriptionResponse:
    """Answer with what is said, again and again as it grows, and finally after each pause."""
    asked = await understood(call, request)
    told: Any = {name: value for name, value in request.items() if name != "AudioStream"}
    told["RequestId"] = call.request_id
    told.setdefault("SessionId", str(uuid.uuid4()))
    told["TranscriptResultStream"] = _results(call, request["AudioStream"], asked)
    return told


async def _results(
    call: Call, sound: AsyncIterator[Any], asked: Asked
) -> AsyncGenerator[shapes.TranscriptResultStream, None]:
    """Give results for all channels as they come."""
    engines = call.backends.engines
    channels = range(asked.channels)
    lives = [
        LiveTranscription(
            engines.transcriber,
            engines.speaker_teller,
            asked.settings(at if asked.channels > 1 else None),
        )
        for at in channels
    ]
    told: asyncio.Queue[shapes.Result | None] = asyncio.Queue()
    work = [asyncio.ensure_future(_feed(sound, asked, lives))]
    work += [
        asyncio.ensure_future(_tell(engines, live, asked, told, channel=at))
        for at, live in zip(channels, lives, strict=True)
    ]
    together = asyncio.gather(*work)
    together.add_done_callback(lambda _: told.put_nowait(None))
    try:
        while (result := await told.get()) is not None:
            yield {"TranscriptEvent": {"Transcript": {"Results": [result]}}}
        await _as_shapes(together)
    finally:
        for task in work:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await together


async def _as_shapes(together: "asyncio.Future[Any]") -> None:
    """Wait for the end of the work, and raise its failure as the service says it."""
    try:
        await together
    except EngineUnavailableError as error:
        raise shapes.ServiceUnavailableException(str(error)) from error
    except RefusedInputError as error:
        raise shapes.BadRequestException(str(error)) from error
    except EngineError as error:
        raise shapes.InternalFailureException(str(error)) from error


async def _next_event(sound: AsyncIterator[Any]) -> Any:
    """Return the next event of a stream, or `None` at its end.

    Raises:
        ServiceError: None has come for too long.
    """
    coming = asyncio.ensure_future(anext(sound))
    try:
        done, _ = await asyncio.wait((coming,), timeout=SILENT_SECONDS)
        if not done:  # A server that was held up for so long may have not looked at it yet.
            done, _ = await asyncio.wait((coming,), timeout=LATE_SECONDS)
        if not done:
            raise shapes.BadRequestException(NO_SOUND)
        return await coming
    except StopAsyncIteration:
        return None
    finally:
        coming.cancel()


async def _chunks(sound: AsyncIterator[Any]) -> AsyncGenerator[bytes, None]:
    """Give the sound of a stream, until an empty event or its end."""
    while True:
        event = await _next_event(sound)
        if event is None:
            return
        chunk: bytes = event.get("AudioEvent", {}).get("AudioChunk", b"")
        if not chunk:
            return
        yield chunk


async def _feed(sound: AsyncIterator[Any], asked: Asked, lives: list[LiveTranscription]) -> None:
    """Give the sound of a stream to those who listen."""
    chunks = _chunks(sound)
    samples = (
        chunks
        if asked.encoding == PCM
        else decoded(
            chunks,
            encoding=asked.encoding,
            sample_rate_hz=asked.sample_rate_hz,
            channels=asked.channels,
        )
    )
    try:
        async with contextlib.aclosing(samples):
            async for some in samples:
                for live in lives:
                    await live.feed(some)
    finally:
        for live in lives:
            live.end()


async def _tell(
    engines: Engines,
    live: LiveTranscription,
    asked: Asked,
    told: "asyncio.Queue[shapes.Result | None]",
    *,
    channel: int,
) -> None:
    """Put what is said on a channel into the queue.

    Where personal data are taken out nothing is told before that is done.
    """
    ids: dict[int, str] = {}
    personal = PersonalData(engines, asked.code, asked.personal_types)
    async for saying in live.sayings():
        if asked.is_redacted and not saying.is_final:
            continue
        looks = saying.is_final and asked.personal_types
        found = await personal.find(saying.words) if looks else []
        result_id = ids.setdefault(saying.number, str(uuid.uuid4()))
        told.put_nowait(result_of(saying, asked, found, result_id=result_id, channel=channel))
