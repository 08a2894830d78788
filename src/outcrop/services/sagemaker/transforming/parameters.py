"""How a transform job asks its model: as its request says, else as the model itself does.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from outcrop.aws.user_json import read_json
from outcrop.jobs.serving import (
    Answerer,
    BrokenAnswerError,
    NoAnswerError,
    Question,
    TooManyWaitingError,
)

PATH = "/execution-parameters"
ANSWER_SECONDS = 60.0
DEFAULT_PAYLOAD_MB = 6
OPEN_PAYLOAD_MB = 100
"""For a `MaxPayloadInMB` of 0: AWS sets no limit then; this is the highest that it takes."""
MOST_AT_ONCE_MB = 100
"""`MaxConcurrentTransforms` times `MaxPayloadInMB`, as CreateTransformJob documents."""
MOST_AT_ONCE = 100
"""As many wait for a worker at most, whatever is asked for."""
STRATEGIES = {"MultiRecord": "MULTI_RECORD", "SingleRecord": "SINGLE_RECORD"}
"""What requests call them, and what containers do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """How a model is asked."""

    at_once: int
    """Payloads that each instance is asked at once."""
    payload_mb: int
    """How long a payload may be, in MiB."""
    is_single: bool
    """Whether each record is a payload of its own."""

    @classmethod
    def of(cls, request: Mapping[str, Any], told: Mapping[str, Any]) -> "Parameters":
        """Return what a request says, else what the model has told, else what is usual.

        What a model tells is taken as far as it makes sense, and as CreateTransformJob takes it.
        """
        payload = request.get("MaxPayloadInMB")
        if payload is None:
            payload = _whole(told, "MaxPayloadInMB", least=0, usual=DEFAULT_PAYLOAD_MB)
        payload = min(payload, OPEN_PAYLOAD_MB) or OPEN_PAYLOAD_MB
        at_once, most = request.get("MaxConcurrentTransforms"), MOST_AT_ONCE
        if not at_once or "MaxPayloadInMB" not in request:
            most = max(1, MOST_AT_ONCE_MB // payload)
        at_once = at_once or _whole(told, "MaxConcurrentTransforms", least=1, usual=1)
        strategy = STRATEGIES.get(request.get("BatchStrategy", ""), told.get("BatchStrategy"))
        return cls(
            at_once=min(at_once, most),
            payload_mb=payload,
            is_single=strategy == STRATEGIES["SingleRecord"],
        )

    @classmethod
    async def ask(cls, fleet: Answerer, request: Mapping[str, Any]) -> "Parameters":
        """Return how a model is to be asked; it is asked itself about what the request lacks."""
        is_whole = request.get("MaxConcurrentTransforms") and all(
            name in request for name in ("MaxPayloadInMB", "BatchStrategy")
        )
        return cls.of(request, {} if is_whole else await _told(fleet))


def variables(request: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the variables by which a container knows what the request says, and no more."""
    found = {
        "SAGEMAKER_BATCH_STRATEGY": STRATEGIES.get(request.get("BatchStrategy", "")),
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": request.get("MaxConcurrentTransforms"),
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": request.get("MaxPayloadInMB"),
    }
    told = {name: str(value) for name, value in found.items() if value is not None}
    return {"SAGEMAKER_BATCH": "true", **told}


async def _told(fleet: Answerer) -> Mapping[str, Any]:
    """Return what a model tells of how it is to be asked: nothing, if it knows no such question."""
    question = Question(path=PATH, body=b"", method="GET")
    try:
        async with fleet.ask(question, seconds=ANSWER_SECONDS) as answer:
            content = await answer.read()
    except (NoAnswerError, BrokenAnswerError, TooManyWaitingError):
        return {}
    if answer.status != 200:
        return {}
    try:
        value = read_json(content)
    except ValueError:
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _whole(told: Mapping[str, Any], name: str, *, least: int, usual: int) -> int:
    value = told.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    return usual
