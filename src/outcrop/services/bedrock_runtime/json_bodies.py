"""Native bodies as JSON text."""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn, cast

from outcrop.aws.user_json import read_json
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.model_families.wording import SCHEMA

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def read_object(content: bytes) -> Mapping[str, Any]:
    """Return the JSON object that the bytes hold.

    Raises:
        ServiceError: `ValidationException`: they hold none.
    """
    try:
        value: Any = read_json(content, parse_constant=_refuse)
        if _SURROGATE.search(content):
            # Half of a surrogate pair is no text: no model could be told it.
            json.dumps(value, ensure_ascii=False).encode()
    except ValueError as error:
        raise shapes.ValidationException(
            "Malformed input request, please reformat your input and try again."
        ) from error
    if not isinstance(value, dict):
        raise SCHEMA.refusal([SCHEMA.wrong_kind((), "JSONObject", value)])
    return cast("Mapping[str, Any]", value)


def read_metadata(text: str | None) -> Mapping[str, str]:
    """Return what a request says of itself for the log: a JSON object of strings.

    Raises:
        ServiceError: `ValidationException`: it is none.
    """
    if not text:
        return {}
    value = read_object(text.encode())
    if not all(isinstance(item, str) for item in value.values()):
        raise shapes.ValidationException("requestMetadata must be a JSON object of strings.")
    return cast("Mapping[str, str]", value)


def as_json(value: Mapping[str, Any]) -> bytes:
    """Return the bytes of a JSON object."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
