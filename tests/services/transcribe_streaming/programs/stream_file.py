"""Streams a file of PCM to Amazon Transcribe, as the examples of `amazon-transcribe` do it."""

import asyncio
import json
import sys
from pathlib import Path

from amazon_transcribe.client import TranscribeStreamingClient
from amazon_transcribe.endpoints import StaticEndpointResolver
from amazon_transcribe.exceptions import BadRequestException
from amazon_transcribe.handlers import TranscriptResultStreamHandler
from amazon_transcribe.model import TranscriptEvent

CHUNK = 8 * 1024


class Handler(TranscriptResultStreamHandler):
    def __init__(self, stream):
        super().__init__(stream)
        self.finals = []
        self.speakers = []

    async def handle_transcript_event(self, transcript_event: TranscriptEvent):
        for result in transcript_event.transcript.results:
            if not result.is_partial:
                self.finals.append(result.alternatives[0].transcript)
                items = result.alternatives[0].items
                self.speakers.append([item.speaker for item in items if item.confidence])


async def main(endpoint, file, language, options="{}"):
    client = TranscribeStreamingClient(
        region="us-east-1", endpoint_resolver=StaticEndpointResolver(endpoint)
    )
    try:
        stream = await client.start_stream_transcription(
            language_code=language,
            media_sample_rate_hz=16000,
            media_encoding="pcm",
            **json.loads(options),
        )
    except BadRequestException as error:
        print(json.dumps({"error": error.message}))
        return

    content = Path(file).read_bytes()  # noqa: ASYNC240 - nothing else goes on yet

    async def write():
        for start in range(0, len(content), CHUNK):
            await stream.input_stream.send_audio_event(audio_chunk=content[start : start + CHUNK])
        await stream.input_stream.end_stream()

    handler = Handler(stream.output_stream)
    await asyncio.gather(write(), handler.handle_events())
    told = {"finals": handler.finals, "speakers": handler.speakers}
    print(json.dumps({"session": stream.response.session_id, **told}))


asyncio.run(main(*sys.argv[1:]))
