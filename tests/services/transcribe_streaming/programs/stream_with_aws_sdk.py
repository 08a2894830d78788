"""Streams a file of PCM to Amazon Transcribe by `aws-sdk-transcribe-streaming`, over HTTP/2."""

import asyncio
import json
import sys
from pathlib import Path

from aws_sdk_transcribe_streaming.client import AsyncTranscribeStreamingClient
from aws_sdk_transcribe_streaming.config import AsyncTranscribeStreamingConfig
from aws_sdk_transcribe_streaming.models import (
    AudioEvent,
    AudioStreamAudioEvent,
    StartStreamTranscriptionInput,
    TranscriptResultStreamTranscriptEvent,
)
from awscrt.io import ClientTlsContext, TlsContextOptions
from smithy_http.aio.crt import AWSCRTHTTPClient

CHUNK = 8 * 1024
SECOND = 32000
"""Bytes."""


def transport(authority):
    """Return a client that believes an authority: the SDK has no setting for that yet."""
    options = TlsContextOptions()
    options.override_default_trust_store_from_path(None, authority)
    client = AWSCRTHTTPClient()
    client._tls_ctx = ClientTlsContext(options)
    return client


async def main(endpoint, authority, file, language):
    config = await AsyncTranscribeStreamingConfig.resolve(
        endpoint_uri=endpoint, region="us-east-1", transport=transport(authority)
    )
    client = AsyncTranscribeStreamingClient(config)
    stream = await client.start_stream_transcription(
        StartStreamTranscriptionInput(
            language_code=language, media_sample_rate_hertz=16000, media_encoding="pcm"
        )
    )
    content = Path(file).read_bytes()  # noqa: ASYNC240 - nothing else goes on yet
    finals, early = [], asyncio.Event()
    early_one = asyncio.ensure_future(early.wait())

    async def write():
        for start in range(0, len(content), CHUNK):
            event = AudioEvent(audio_chunk=content[start : start + CHUNK])
            await stream.input_stream.send(AudioStreamAudioEvent(value=event))
        # Something is told while the stream is open still; who speaks in real time pauses so.
        while not early.is_set():
            event = AudioEvent(audio_chunk=bytes(SECOND))
            await stream.input_stream.send(AudioStreamAudioEvent(value=event))
            await asyncio.wait((early_one,), timeout=1)
        await stream.input_stream.close()

    async def read():
        output, events = await stream.await_output()
        async for event in events:
            if isinstance(event, TranscriptResultStreamTranscriptEvent):
                early.set()
                for result in event.value.transcript.results:
                    if not result.is_partial:
                        finals.append(result.alternatives[0].transcript)
        return output.session_id

    _, session = await asyncio.gather(write(), read())
    print(json.dumps({"session": session, "finals": finals}))


asyncio.run(main(*sys.argv[1:]))
