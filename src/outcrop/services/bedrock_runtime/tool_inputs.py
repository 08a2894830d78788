"""The input of a tool use, told as JSON text."""

from typing import Any

from outcrop.aws.user_json import read_json
from outcrop.engines.chat.interface import Finished
from outcrop.services.bedrock_runtime import shapes


def parsed_input(text: str, finished: Finished) -> Any:
    """Return the value of a tool's input; a tool without parameters may be told nothing.

    One that is cut off by the answer's length is told empty, beside the stop reason that says so.

    Raises:
        ServiceError: The model's JSON is malformed.
    """
    try:
        return read_json(text or "{}")
    except ValueError as error:
        if finished.reason == "max_tokens":
            return {}
        raise shapes.ModelErrorException("The model's tool input is not JSON.") from error
