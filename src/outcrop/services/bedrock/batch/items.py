"""One record of a batch: read from its line, answered by a model, written as a line.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-data.html
"""

import json
import logging
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from outcrop.aws.errors import ServiceError
from outcrop.aws.user_json import read_json
from outcrop.operations import Call

RUNTIME = "bedrock-runtime"
STATUSES = {
    "AccessDeniedException": 403,
    "InternalFailure": 500,
    "InternalServerException": 500,
    "ModelErrorException": 424,
    "ModelNotReadyException": 429,
    "ModelTimeoutException": 408,
    "ResourceNotFoundException": 404,
    "ServiceQuotaExceededException": 400,
    "ServiceUnavailableException": 503,
    "ThrottlingException": 429,
}
"""HTTP statuses of the runtime's errors, which stand as `errorCode` in the output; others are 400.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
"""
TOKENS_IN = ("inputTokens", "input_tokens", "prompt_tokens")
TOKENS_OUT = ("outputTokens", "output_tokens", "completion_tokens")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a record."""

    line: str
    """The output file's, without its end."""
    is_error: bool
    input_tokens: int = 0
    output_tokens: int = 0


async def answer(call: Call, model_id: str, invocation_type: str, line: bytes, at: int) -> Answered:
    """Give a line's record to the model and return what came of it.

    Args:
        call: Of the job.
        model_id: As the job names it.
        invocation_type: `InvokeModel` or `Converse`.
        line: Of the input file.
        at: The number of the line, from 1: names a record that has no `recordId`.

    Raises:
        ServiceError: The model is overloaded; the record is to be tried again.
    """
    record = _read(line)
    record_id = record.get("recordId", f"RECORD{at:05d}")
    if not isinstance(record.get("modelInput"), dict):
        return failed(
            {"recordId": record_id},
            "The record is malformed: each line must be a JSON object with a modelInput object.",
        )
    known = {"recordId": record_id, "modelInput": record["modelInput"]}
    try:
        output = await _invoke(call, model_id, invocation_type, record["modelInput"])
    except ServiceError as error:
        if error.code == "ThrottlingException":
            raise
        return failed(known, error.message, status=STATUSES.get(error.code, 400))
    except Exception:
        # One record must not end the job, nor meet the same fault at every start of the server.
        logger.exception("Record %s of a batch met a fault of ours.", record_id)
        return failed(known, "The record could not be processed.", status=500)
    return Answered(
        _as_line({**known, "modelOutput": output}),
        is_error=False,
        input_tokens=_tokens(output, TOKENS_IN, ("prompt_token_count", "inputTextTokenCount")),
        output_tokens=_tokens(output, TOKENS_OUT, ("generation_token_count",)),
    )


def failed(known: Mapping[str, Any], message: str, *, status: int = 400) -> Answered:
    """Return a record with an error in place of its output."""
    error = {"errorCode": status, "errorMessage": message}
    return Answered(_as_line({**known, "error": error}), is_error=True)


def _read(line: bytes) -> Mapping[str, Any]:
    try:
        record = read_json(line)
    except ValueError:
        return {}
    return cast("Mapping[str, Any]", record) if isinstance(record, dict) else {}


async def _invoke(call: Call, model_id: str, invocation_type: str, model_input: Any) -> Any:
    if invocation_type == "Converse":
        parameters = call.backends.read_input(
            RUNTIME, "Converse", {**model_input, "modelId": model_id}
        )
        return await call.ask(RUNTIME, "Converse", **parameters)
    answered = await call.ask(
        RUNTIME,
        "InvokeModel",
        modelId=model_id,
        contentType="application/json",
        accept="application/json",
        body=json.dumps(model_input).encode(),
    )
    return read_json(answered["body"])


def _tokens(output: Any, in_usage: tuple[str, ...], beside: tuple[str, ...]) -> int:
    """Return the count that a model's own form of answer tells; 0 where it tells none."""
    usage: Any = output.get("usage") or {}
    found = [usage.get(name) for name in in_usage] + [output.get(name) for name in beside]
    return next((count for count in found if isinstance(count, int)), 0)


def _as_line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"), default=_blob)


def _blob(value: Any) -> str:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
