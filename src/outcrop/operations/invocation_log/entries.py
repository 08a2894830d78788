"""An invocation, and its entry in the log.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from outcrop.operations.call import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One call of a model, as the log tells it."""

    operation: str
    """`InvokeModel`, `ConverseStream`, …"""
    model_id: str
    """As the request names it."""
    input: Any
    """The request's body, as a JSON value; `bytes` in it stand for binary data."""
    output: Any = None
    """The answer's body; of a streamed answer, its chunks or events as a list."""
    data: Literal["text", "image", "embedding", "video", "audio"] = "text"
    """Which of the configuration's switches its bodies are under."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    request_metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    error_code: str = ""


def entry_of(call: Call, invocation: Invocation, now: datetime) -> dict[str, Any]:
    """Return the entry of an invocation, without its bodies."""
    entry: dict[str, Any] = {
        "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "accountId": call.account,
        "identity": {"arn": call.principal.arn},
        "region": call.region,
        "requestId": call.request_id,
        "operation": invocation.operation,
        "modelId": invocation.model_id,
        "input": {
            "inputContentType": "application/json",
            **_counted("inputTokenCount", invocation.input_tokens),
            **_counted("cacheReadInputTokenCount", invocation.cache_read_tokens),
            **_counted("cacheWriteInputTokenCount", invocation.cache_write_tokens),
        },
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
    }
    if invocation.error_code:
        entry["errorCode"] = invocation.error_code
    else:
        entry["output"] = {
            "outputContentType": "application/json",
            **_counted("outputTokenCount", invocation.output_tokens),
        }
    if invocation.request_metadata:
        entry["requestMetadata"] = dict(invocation.request_metadata)
    return entry


def bodies_of(invocation: Invocation, config: Mapping[str, Any]) -> dict[str, str]:
    """Return the bodies that are to be logged, as JSON."""
    if not config.get(f"{invocation.data}DataDeliveryEnabled", True):
        return {}
    keeps_images = config.get("imageDataDeliveryEnabled", True)

    def blob(value: Any) -> str:
        if isinstance(value, bytes):
            return b64encode(value).decode() if keeps_images else ""
        raise TypeError(f"{type(value).__name__} has no form in JSON")

    bodies = {"input": invocation.input}
    if not invocation.error_code:
        bodies["output"] = invocation.output
    return {
        side: json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=blob)
        for side, body in bodies.items()
    }


def _counted(name: str, tokens: int | None) -> dict[str, int]:
    return {} if tokens is None else {name: tokens}
