"""Which MLflow there is: the one of the runtime.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/mlflow.html
"""

import re

from outcrop.aws.errors import ValidationError
from outcrop.jobs.runtimes import Runtime, load_runtimes

RUNTIME = "mlflow"


def mlflow_runtime() -> Runtime:
    """Return the runtime of tracking servers."""
    return load_runtimes()[RUNTIME]


def running_version() -> str:
    """Return the version of MLflow that tracking servers run."""
    pins = dict(pin.split("==") for pin in mlflow_runtime().packages_without_dependencies)
    return pins[RUNTIME]


def check_version(asked: str) -> None:
    """Refuse a version that is newer than the one there is, which older clients speak with, too.

    Raises:
        ValidationError: It is newer, or no version.
    """
    numbers = re.fullmatch(r"\d+(\.\d+){0,2}", asked)
    if numbers is None or _parts(asked) > _parts(running_version()):
        raise ValidationError(
            f"MlflowVersion {asked} is not available: tracking servers run {running_version()}."
        )


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
