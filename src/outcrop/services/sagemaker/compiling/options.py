"""CompilerOptions, as much as there is of them here.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputConfig.html
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from outcrop.aws.errors import ValidationError
from outcrop.aws.user_json import read_json
from outcrop.services.sagemaker.compiling.targets import GPUS, NEURON

TYPES: Mapping[str, str] = {
    "float": "float32",
    "float32": "float32",
    "int64": "int64",
    "long": "int64",
}
"""Of a PyTorch model's inputs, by what `dtype` calls them."""
PROCESSOR_OPTIONS, GPU_OPTIONS = ("mcpu", "mattr"), ("gpu-code", "trt-ver", "cuda-ver")
"""What AWS's compiler needs to know of processors that are not its own."""
QUANTIZATION, INT8 = "quantization", "int8"
"""An option of this server's own: AWS's compiler has none like it for these targets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the options say."""

    type: str = "float32"
    is_quantized: bool = False
    unused: str = ""
    """Those that only AWS's compiler has a use for."""


def options_of(output: Mapping[str, Any], framework: str) -> Options:
    """Return the options of an OutputConfig.

    Raises:
        ServiceError: There are no such options.
    """
    text: str | None = output.get("CompilerOptions")
    if text is None:
        return Options()
    value = read_loosely(text, "CompilerOptions")
    device = output.get("TargetDevice", "")
    if isinstance(value, str):
        return _flags(value, device)
    if not isinstance(value, dict):
        raise ValidationError("CompilerOptions must be a JSON object.")
    return _members(cast("Mapping[str, Any]", value), device, framework)


def read_loosely(text: str, what: str) -> Any:
    """Return the value of JSON, whose texts may stand in single quotes, as AWS's examples have it.

    Raises:
        ServiceError: It is none.
    """
    for form in (text, text.replace("'", '"')):
        try:
            return read_json(form)
        except ValueError:
            continue
    raise ValidationError(f"{what} is not valid JSON: {text}")


def _flags(text: str, device: str) -> Options:
    """Return options as the compiler of Neuron takes them: `--verbose 1 -O2`."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ValidationError(f"CompilerOptions: {error}: {text}") from error
    if device not in NEURON or not words or not words[0].startswith("-"):
        raise ValidationError(
            f"CompilerOptions must be a JSON object for this target, not {text!r}."
        )
    return Options(unused=text)


def _members(given: Mapping[str, Any], device: str, framework: str) -> Options:
    known = [QUANTIZATION, *PROCESSOR_OPTIONS]
    if framework == "PYTORCH" and not device.startswith("ml_inf"):
        known.append("dtype")
    if device in GPUS:
        known += GPU_OPTIONS
    for name in given:
        if name not in known:
            raise ValidationError(
                f"The compiler option {name} is not offered for this framework and target: there"
                f" are {', '.join(sorted(known))}."
            )
    kind = given.get("dtype", "float32")
    if not isinstance(kind, str) or kind not in TYPES:
        raise ValidationError(f"The dtype must be one of {', '.join(TYPES)}, not {kind!r}.")
    if given.get(QUANTIZATION, INT8) != INT8:
        raise ValidationError(f"The {QUANTIZATION} must be {INT8}, not {given[QUANTIZATION]!r}.")
    return Options(
        type=TYPES[kind],
        is_quantized=QUANTIZATION in given,
        unused=", ".join(name for name in given if name not in (QUANTIZATION, "dtype")),
    )
