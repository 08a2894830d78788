"""SynthesizeSpeech, asked for by POST or by a presigned GET.

Source: https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html
"""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Generator

from outcrop.engines.workers.engine import EngineError, RefusedInputError
from outcrop.operations import Call, operation
from outcrop.services.polly import shapes
from outcrop.services.polly.formats import FORMATS
from outcrop.services.polly.marks import marks_of
from outcrop.services.polly.spoken import Speech, speech_of

UNSPOKEN = "unspoken"
"""The kind of refusal of a synthesizer that does not do what a script asks for."""


@operation("SynthesizeSpeech")
async def synthesize_speech(
    call: Call, request: shapes.SynthesizeSpeechInput
) -> shapes.SynthesizeSpeechOutput:
    """Answer with sound, as it is made, or with speech marks."""
    speech = await speech_of(call, request)
    content = said(call, speech)
    with engine_errors():
        first = await anext(content, b"")  # What fails, fails before the answer begins.
    return {
        "AudioStream": _all(first, content),
        "ContentType": FORMATS[speech.output_format].content_type,
        "RequestCharacters": speech.manuscript.characters,
    }


async def said(call: Call, speech: Speech) -> AsyncGenerator[bytes, None]:
    """Give the sound, or the marks, of a speech.

    Raises:
        EngineError: It cannot be spoken.
    """
    synthesizer = call.backends.engines.synthesizer
    if speech.marks:
        timings = await synthesizer.timings(speech.script)
        yield b"".join(marks_of(speech.manuscript, timings, speech.marks))
        return
    async with contextlib.aclosing(synthesizer.speak(speech.script, speech.encoding)) as pieces:
        async for piece in pieces:
            yield piece


async def _all(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    async with contextlib.aclosing(rest):
        yield first
        async for piece in rest:
            yield piece


@contextlib.contextmanager
def engine_errors() -> Generator[None]:
    """Say in Polly's words that the engine cannot speak.

    Raises:
        EngineNotSupportedException: The voice cannot say this.
        ServiceFailureException: Weights or libraries are missing, or it failed.
    """
    try:
        yield
    except RefusedInputError as error:
        if error.kind == UNSPOKEN:
            raise shapes.EngineNotSupportedException(str(error)) from error
        raise shapes.ServiceFailureException(str(error)) from error
    except EngineError as error:
        raise shapes.ServiceFailureException(str(error)) from error
