"""Paths of a processing job's inputs and outputs.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/byoc-input-and-output.html
"""

from pathlib import PurePosixPath

ROOT = PurePosixPath("/opt/ml")
ALLOWED = ROOT / "processing"


def below_root(local_path: str) -> str:
    """Return a path below `/opt/ml`, for one below `/opt/ml/processing`.

    Raises:
        ValueError: It is none; the message says so.
    """
    path = PurePosixPath(local_path)
    if ".." in path.parts or not path.is_relative_to(ALLOWED):
        raise ValueError(f"The LocalPath {local_path} must begin with {ALLOWED}.")
    return str(path.relative_to(ROOT))
