"""Chat with Amazon Bedrock itself, by its ConverseStream.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from outcrop.engines.chat.converse_shapes import as_converse
from outcrop.engines.chat.interface import (
    ChatError,
    Delta,
    Finished,
    GenerationFailedError,
    ModelUnavailableError,
    OverloadedError,
    Prompt,
    StopReason,
    TextDelta,
    ToolInputDelta,
    ToolUseStarted,
    UnsupportedInputError,
    Usage,
)
from outcrop.engines.chat.settings import BedrockSettings
from outcrop.engines.chat.tool_inputs import with_inputs
from outcrop.engines.chat.upstream import json_object, rejected

_STOP_REASONS: dict[str, StopReason] = {
    "end_turn": "end",
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "max_tokens",
    "stop_sequence": "stop_sequence",
    "tool_use": "tool_use",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
}
_OVERLOADED = {"ThrottlingException", "ServiceUnavailableException", "ModelNotReadyException"}
_UNAVAILABLE = {
    "AccessDeniedException",
    "ResourceNotFoundException",
    "UnrecognizedClientException",
    "ExpiredTokenException",
    "InvalidSignatureException",
}


class BedrockChatModel:
    """One model of Bedrock, or whichever the caller asks for."""

    def __init__(self, settings: BedrockSettings) -> None:
        """Prepare to connect; nothing is sent yet.

        Raises:
            ModelUnavailableError: The AWS configuration lacks the profile.
        """
        self._settings = settings
        self._threads = ThreadPoolExecutor(settings.requests_at_a_time, "bedrock")
        try:
            session: Any = boto3.Session(profile_name=settings.profile)
            self._client: Any = session.client(
                "bedrock-runtime",
                region_name=settings.region,
                endpoint_url=settings.endpoint_url,
                config=Config(
                    connect_timeout=settings.connect_timeout_seconds,
                    read_timeout=settings.read_timeout_seconds,
                    max_pool_connections=settings.requests_at_a_time,
                    # The caller's SDK tries again by itself.
                    retries={"total_max_attempts": 1},
                ),
            )
        except BotoCoreError as error:
            raise ModelUnavailableError(f"Amazon Bedrock: {error}") from error

    @property
    def name(self) -> str:
        """See `ChatModel.name`."""
        return f"bedrock:{self._settings.model or self._settings.region}"

    @property
    def sees_images(self) -> bool:
        """See `ChatModel.sees_images`."""
        return self._settings.sees_images

    async def close(self) -> None:
        """Close the connections."""
        self._client.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def count_tokens(self, prompt: Prompt) -> int:
        """See `ChatModel.count_tokens`."""
        request = self._request(prompt)
        counted = {
            name: request[name] for name in ("messages", "system", "toolConfig") if name in request
        }
        ask = self._asking(
            lambda: self._client.count_tokens(
                modelId=request["modelId"], input={"converse": counted}
            )
        )
        return (await asyncio.get_running_loop().run_in_executor(self._threads, ask))["inputTokens"]

    def generate(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """See `ChatModel.generate`."""
        return with_inputs(self._deltas(prompt))

    async def _deltas(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        request = self._request(prompt)
        answer = _Answer(is_json=prompt.json_schema is not None)
        async with contextlib.aclosing(self._events(request)) as events:
            async for event in events:
                for delta in answer.deltas(event):
                    yield delta
        yield answer.finished()

    def _request(self, prompt: Prompt) -> dict[str, Any]:
        if not self.sees_images and prompt.has_images:
            raise UnsupportedInputError(f"{self.name} is not set up to see images.")
        return as_converse(prompt, self._settings.model or prompt.model_id)

    async def _events(self, request: Mapping[str, Any]) -> AsyncGenerator[Mapping[str, Any], None]:
        """Give the events that a thread reads; closed early, the thread stops at the next one."""
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()
        is_closed = threading.Event()

        def read() -> None:
            try:
                stream = self._client.converse_stream(**request)["stream"]
                with contextlib.closing(stream):
                    for event in _until(stream, is_closed):
                        loop.call_soon_threadsafe(events.put_nowait, event)
            finally:
                loop.call_soon_threadsafe(events.put_nowait, None)

        reading = loop.run_in_executor(self._threads, self._asking(read))
        # Closed early, nobody awaits what the thread comes to.
        reading.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            while (event := await events.get()) is not None:
                yield event
            await reading
        finally:
            is_closed.set()

    def _asking(self, ask: Callable[[], Any]) -> Callable[[], Any]:
        """Return the call with its errors in the words of the interface."""

        def asked() -> Any:
            try:
                return ask()
            except ClientError as error:
                raise _refusal(error) from error
            except BotoCoreError as error:
                raise ModelUnavailableError(f"Amazon Bedrock: {error}") from error

        return asked


def _until(stream: Any, is_closed: threading.Event) -> Iterator[Mapping[str, Any]]:
    for event in stream:
        if is_closed.is_set():
            return
        yield event


class _Answer:
    """Puts the events of one answer together."""

    def __init__(self, *, is_json: bool) -> None:
        self._is_json = is_json
        self._reason: StopReason | None = None
        self._stop_sequence: str | None = None
        self._usage = Usage(input_tokens=0, output_tokens=0)

    def deltas(self, event: Mapping[str, Any]) -> list[Delta]:
        match event:
            case {"contentBlockStart": {"start": {"toolUse": use}}} if not self._is_json:
                return [ToolUseStarted(use["toolUseId"], use["name"])]
            case {"contentBlockDelta": {"delta": {"text": text}}} if not self._is_json:
                return [TextDelta(text)]
            case {"contentBlockDelta": {"delta": {"toolUse": {"input": str(text)}}}} if text:
                return [TextDelta(text) if self._is_json else ToolInputDelta(text)]
            case {"messageStop": stop}:
                self._end(stop)
            case {"metadata": {"usage": usage}}:
                self._count(usage)
            case _:
                pass  # Starts and ends of blocks, and what the API may add one day.
        return []

    def finished(self) -> Finished:
        if self._reason is None:
            raise GenerationFailedError("Amazon Bedrock broke off in the middle of an answer.")
        return Finished(reason=self._reason, usage=self._usage, stop_sequence=self._stop_sequence)

    def _end(self, stop: Mapping[str, Any]) -> None:
        reason = _STOP_REASONS.get(stop["stopReason"], "end")
        self._reason = "end" if self._is_json and reason == "tool_use" else reason
        more = json_object(stop.get("additionalModelResponseFields"))
        self._stop_sequence = more.get("stop_sequence")

    def _count(self, usage: Mapping[str, Any]) -> None:
        read = usage.get("cacheReadInputTokens", 0)
        # Bedrock counts what is read from its cache, or written to it, apart.
        self._usage = Usage(
            input_tokens=usage["inputTokens"] + read + usage.get("cacheWriteInputTokens", 0),
            output_tokens=usage["outputTokens"],
            cached_input_tokens=read,
        )


def _refusal(error: ClientError) -> ChatError:
    told: Mapping[str, Any] = {"Code": "Unknown", "Message": "", **error.response.get("Error", {})}
    code: str = told["Code"]
    message = f"Amazon Bedrock: {code}: {told['Message']}"
    # Errors in the middle of a stream have the names of its events: `throttlingException`.
    code = code[:1].upper() + code[1:]
    if code in _OVERLOADED:
        return OverloadedError(message)
    if code in _UNAVAILABLE:
        return ModelUnavailableError(message)
    return rejected(message) if code == "ValidationException" else GenerationFailedError(message)
