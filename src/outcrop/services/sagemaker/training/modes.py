"""How a channel's data come to the program: as files, or through pipes.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, cast

Mode: TypeAlias = Literal["File", "FastFile", "Pipe"]
PIPE: Mode = "Pipe"


def mode_of(channel: Mapping[str, Any], request: Mapping[str, Any]) -> Mode:
    """Return the input mode of one of a job's channels."""
    mode = channel.get("InputMode") or request["AlgorithmSpecification"]["TrainingInputMode"]
    return cast("Mode", mode)
