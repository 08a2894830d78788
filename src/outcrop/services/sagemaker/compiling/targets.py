"""The targets that models are compiled for, and which of them this machine can stand in for.

Sources: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputConfig.html
https://docs.aws.amazon.com/sagemaker/latest/dg/neo-supported-cloud.html
"""

import platform
from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ValidationError

PROCESSORS = ("lambda", "ml_c4", "ml_c5", "ml_c6g", "ml_m4", "ml_m5", "ml_m6g")
GPUS = ("ml_g4dn", "ml_p2", "ml_p3")
NEURON = ("ml_inf1", "ml_inf2", "ml_trn1")
ARCHITECTURES: Mapping[str, str] = {"aarch64": "ARM64", "arm64": "ARM64", "x86_64": "X86_64"}
"""As platforms are named here, and there."""
ACCELERATED = {
    **dict.fromkeys(GPUS, "GPU"),
    **dict.fromkeys(NEURON, "Neuron"),
}


def name_of(output: Mapping[str, Any]) -> str:
    """Return how the target of an OutputConfig stands in the name of the compiled model."""
    if "TargetDevice" in output:
        device: str = output["TargetDevice"]
        return device
    target = output["TargetPlatform"]
    return "_".join(target[part] for part in ("Os", "Arch", "Accelerator") if part in target)


def check_target(output: Mapping[str, Any]) -> None:
    """Refuse a target that this machine cannot stand in for: its models could not be checked.

    Raises:
        ServiceError: The message says which targets there are.
    """
    if ("TargetDevice" in output) == ("TargetPlatform" in output):
        raise ValidationError(
            "Exactly one of TargetDevice and TargetPlatform must be specified in OutputConfig."
        )
    if "TargetPlatform" in output:
        _check_platform(output["TargetPlatform"])
    elif output["TargetDevice"] not in (*PROCESSORS, *GPUS, *NEURON):
        raise ValidationError(
            f"The TargetDevice {output['TargetDevice']} is not offered by this server: a compiled"
            " model is checked and measured before it is handed out, and this machine can stand in"
            f" for {', '.join((*PROCESSORS, *GPUS, *NEURON))} alone."
        )


def _check_platform(target: Mapping[str, Any]) -> None:
    own = {"Os": "LINUX", "Arch": ARCHITECTURES.get(platform.machine(), platform.machine())}
    if target != own:
        raise ValidationError(
            f"The TargetPlatform {name_of({'TargetPlatform': target})} is not offered by this"
            " server: a compiled model is checked and measured before it is handed out, and this"
            f" machine can stand in for {own['Os']}_{own['Arch']} without an accelerator alone."
        )


def note(output: Mapping[str, Any]) -> list[str]:
    """Return what a job's log says of a target that is not here itself."""
    kind = ACCELERATED.get(output.get("TargetDevice", ""))
    if kind is None:
        return []
    return [
        f"There is no compiler for the {kind} of {output['TargetDevice']} here: the model is"
        " compiled for the processors of this machine, which stand in for it."
    ]
