"""Amazon Transcribe streaming: speech to text while it is spoken."""

from outcrop.operations import Service
from outcrop.services.transcribe_streaming import stream_transcription

SERVICE = Service.of("transcribe-streaming", stream_transcription)
