"""The input of a tool use, told as JSON text."""

from typing import Any

from outcrop.aws.user_json import read_json
from outcrop.services.bedrock_runtime import shapes


def parsed_input(text: str) -> Any:
    """Return the value of a tool's input; a tool without parameters may be told nothing.

    Raises:
        ServiceError: The model's JSON is cut off or malformed, as it is when `maxTokens` ends it.
    """
    try:
        return read_json(text or "{}")
    except ValueError as error:
        raise shapes.ModelErrorException(
            "The model's tool input is not JSON; it may have been cut off by maxTokens."
        ) from error
