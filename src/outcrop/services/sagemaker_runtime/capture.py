"""Data capture: what models were asked and answered, as lines of JSON in S3.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
"""

import base64
import json
import random
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from outcrop.aws.s3_uris import bucket_and_key

VERSION = "0"


def is_sampled(capture: Mapping[str, Any] | None) -> bool:
    """Decide by chance whether an invocation is captured."""
    return (
        capture is not None
        and capture.get("EnableCapture", False)
        and random.random() * 100 < capture["InitialSamplingPercentage"]  # noqa: S311 - no secret
    )


def line_of(
    capture: Mapping[str, Any],
    *,
    sent: tuple[bytes, str],
    answered: tuple[bytes, str],
    metadata: Mapping[str, str],
    now: datetime,
) -> str:
    """Return the line of one invocation.

    Args:
        capture: The endpoint's `DataCaptureConfig`.
        sent: The request's body and its content type.
        answered: The answer's.
        metadata: `InferenceId` and `CustomAttributes`, where the request has them.
        now: When it was answered.
    """
    modes = {one["CaptureMode"] for one in capture["CaptureOptions"]}
    data = {
        f"endpoint{mode}": _captured(capture, mode, *content)
        for mode, content in (("Input", sent), ("Output", answered))
        if modes & {mode, "InputAndOutput"}
    }
    event: dict[str, Any] = {"eventId": str(uuid.uuid4())}
    if "CustomAttributes" in metadata:
        event["customAttributes"] = [metadata["CustomAttributes"]]
    if "InferenceId" in metadata:
        event["inferenceId"] = metadata["InferenceId"]
    event["inferenceTime"] = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    return json.dumps({"captureData": data, "eventMetadata": event, "eventVersion": VERSION})


def place_of(
    capture: Mapping[str, Any], *, endpoint: str, variant: str, now: datetime
) -> tuple[str, str]:
    """Return the bucket and the key of a new file of lines."""
    bucket, prefix = bucket_and_key(capture["DestinationS3Uri"])
    file = f"{now:%M-%S}-{now.microsecond // 1000:03}-{uuid.uuid4()}.jsonl"
    parts = (prefix.rstrip("/"), endpoint, variant, f"{now:%Y/%m/%d/%H}", file)
    return bucket, "/".join(part for part in parts if part)


def _captured(
    capture: Mapping[str, Any], mode: str, body: bytes, content_type: str
) -> Mapping[str, str]:
    encoding, data = _encoded(capture.get("CaptureContentTypeHeader", {}), body, content_type)
    return {
        "observedContentType": content_type,
        "mode": mode.upper(),
        "data": data,
        "encoding": encoding,
    }


def _encoded(headers: Mapping[str, Any], body: bytes, content_type: str) -> tuple[str, str]:
    """Return how a body is told, and the text; what no header names is told in Base64."""
    bare = content_type.partition(";")[0].strip().lower()
    for encoding, member in (("CSV", "CsvContentTypes"), ("JSON", "JsonContentTypes")):
        if bare in (one.lower() for one in headers.get(member, [])):
            try:
                return encoding, body.decode()
            except UnicodeDecodeError:
                break
    return "BASE64", base64.b64encode(body).decode()
