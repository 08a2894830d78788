"""StartSpeechSynthesisStream: text in as it is written, sound out as it is spoken.

A sentence is spoken once it is whole; what is not ends with the stream, or where the client says
so.

Source: https://docs.aws.amazon.com/polly/latest/dg/API_StartSpeechSynthesisStream.html
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call, operation
from outcrop.services.polly import shapes
from outcrop.services.polly.spoken import speech_of
from outcrop.services.polly.synthesis import engine_errors, said

ENGINE = "generative"
"""The only one that AWS streams."""
SENTENCES = re.compile(r"(?s).*[.!?…][\"'”»)]*\s")
"""All whole sentences of a text whose end may be to come."""
MOST_PENDING = 1_000
"""Characters without the end of a sentence, after which what there is is spoken."""
MOST_CHARACTERS = 100_000
"""Of one event; AWS does not say."""


@operation("StartSpeechSynthesisStream")
async def start_speech_synthesis_stream(
    call: Call, request: shapes.StartSpeechSynthesisStreamInput
) -> shapes.StartSpeechSynthesisStreamOutput:
    """Answer with the sound of the texts that come, until the stream is closed."""
    if request["Engine"] != ENGINE:
        raise _invalid(f"The engine {request['Engine']} does not stream: {ENGINE} does.")
    if request["OutputFormat"] == "json":
        raise _invalid("The output format json is not streamed.")
    settings = {name: value for name, value in request.items() if name != "ActionStream"}
    try:
        await speech_of(call, {**settings, "Text": ""})  # What cannot be spoken, is said at once.
    except ServiceError as error:
        raise _invalid(error.message) from error
    actions: Any = request.get("ActionStream")
    return {"EventStream": _Stream(call, settings).events(actions)}


def _invalid(message: str) -> ServiceError:
    return shapes.ValidationException(message, reason="fieldValidationFailed")


@dataclass(slots=True)
class _Stream:
    call: Call
    settings: Mapping[str, Any]
    pending: list[str] = field(default_factory=list[str])
    characters: int = 0

    async def events(
        self, actions: AsyncIterator[Any]
    ) -> AsyncGenerator[shapes.StartSpeechSynthesisStreamEventStream, None]:
        """Give the sound, and in the end how much was said."""
        async for action in actions:
            if "CloseStreamEvent" in action:
                break
            async for chunk in self._taken(action.get("TextEvent", {})):
                yield {"AudioEvent": {"AudioChunk": chunk}}
        async for chunk in self._spoken(self._rest(), "text"):
            yield {"AudioEvent": {"AudioChunk": chunk}}
        yield {"StreamClosedEvent": {"RequestCharacters": self.characters}}

    async def _taken(self, event: Mapping[str, Any]) -> AsyncGenerator[bytes, None]:
        text = event.get("Text", "")
        if event.get("TextType") == "ssml":  # A document of its own: what came before ends.
            async for chunk in self._spoken(self._rest(), "text"):
                yield chunk
            async for chunk in self._spoken(text, "ssml"):
                yield chunk
            return
        self.pending.append(text)
        is_forced = event.get("FlushStreamConfiguration", {}).get("Force", False)
        async for chunk in self._spoken(self._rest() if is_forced else self._whole(), "text"):
            yield chunk

    def _rest(self) -> str:
        text = "".join(self.pending)
        self.pending.clear()
        return text

    def _whole(self) -> str:
        """Take the whole sentences out of what waits."""
        text = self._rest()
        found = SENTENCES.match(text)
        end = found.end() if found else 0
        if len(text) - end > MOST_PENDING:
            end = text.rfind(" ", end, end + MOST_PENDING) + 1 or end + MOST_PENDING
        self.pending.append(text[end:])
        return text[:end]

    async def _spoken(self, text: str, text_type: str) -> AsyncGenerator[bytes, None]:
        if not text.strip():
            return
        request = {**self.settings, "Text": text, "TextType": text_type}
        try:
            speech = await speech_of(self.call, request, limit=MOST_CHARACTERS)
        except ServiceError as error:
            raise shapes.ValidationException(error.message, reason="invalidInboundEvent") from error
        self.characters += speech.manuscript.characters
        with engine_errors():
            async for chunk in said(self.call, speech):
                yield chunk
