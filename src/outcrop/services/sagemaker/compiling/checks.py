"""What a compilation job may ask for here."""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.services.sagemaker.compiling.data_inputs import inputs_of
from outcrop.services.sagemaker.compiling.options import options_of
from outcrop.services.sagemaker.compiling.targets import check_target
from outcrop.services.sagemaker.running.files import S3Place

FRAMEWORKS = ("ONNX", "PYTORCH", "SKLEARN", "XGBOOST")
VERSIONED = ("MXNET", "PYTORCH", "TENSORFLOW", "TFLITE")
"""Frameworks whose version may be named, as InputConfig documents."""
ARCHIVE = ".tar.gz"


def check(given: Mapping[str, Any], account: str) -> None:
    """Refuse the input of CreateCompilationJob for a job that cannot run here.

    Args:
        given: With the `InputConfig` of its model package, if it names one.
        account: The caller's.

    Raises:
        ServiceError: The message says what is missing.
    """
    if given["RoleArn"].split(":")[4] != account:
        raise ValidationError("Cross-account pass role is not allowed.")
    if "VpcConfig" in given:
        raise ValidationError("VpcConfig is not offered by this server yet.")
    source, output = given["InputConfig"], given["OutputConfig"]
    framework = source["Framework"]
    if framework not in FRAMEWORKS:
        raise ValidationError(
            f"Models of {framework} are not compiled by this server: only those of"
            f" {', '.join(FRAMEWORKS)}. Models of other frameworks can be converted to ONNX first."
        )
    if "FrameworkVersion" in source and framework not in VERSIONED:
        raise ValidationError(f"FrameworkVersion is not supported for the framework {framework}.")
    check_target(output)
    options_of(output, framework)
    inputs_of(source)
    _check_place("InputConfig.S3Uri", source["S3Uri"])
    if not source["S3Uri"].endswith(ARCHIVE):
        raise ValidationError(
            f"InputConfig.S3Uri must point to a single gzip compressed tar archive ({ARCHIVE}"
            f" suffix), not to {source['S3Uri']}."
        )
    _check_place("OutputConfig.S3OutputLocation", output["S3OutputLocation"])


def _check_place(what: str, uri: str) -> None:
    try:
        S3Place.of(uri)
    except ValueError as error:
        raise ValidationError(f"{what} must be s3://bucket/key here, not {uri}.") from error
