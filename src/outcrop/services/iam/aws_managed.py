"""The policies that AWS itself maintains, as it published them in October 2026.

The file holds, by name: path, default version, dates of creation and change, and document. It was
collected by the moto project (Apache-2.0) from AWS's own API; the policies are AWS's.
"""

import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from outcrop.aws.user_json import read_json

FILE = Path(__file__).parent / "aws_managed_policies.json.xz"
ARN_PREFIX = "arn:aws:iam::aws:policy"


@dataclass(frozen=True, slots=True)
class AwsManagedPolicy:
    """One of AWS's policies, in its default version."""

    name: str
    path: str
    version: str
    created: datetime
    changed: datetime
    document: str

    @property
    def arn(self) -> str:
        """Its ARN, in which AWS stands for the account."""
        return f"{ARN_PREFIX}{self.path}{self.name}"


def aws_managed_policy(arn: str) -> AwsManagedPolicy | None:
    """Return the policy of an ARN, or `None` if AWS has none."""
    name = arn.rpartition("/")[2]
    found = _policy(name) if arn.startswith(ARN_PREFIX) and name in _file() else None
    return found if found and found.arn == arn else None


def aws_managed_policies() -> list[AwsManagedPolicy]:
    """Return all of them, by name."""
    return [_policy(name) for name in _file()]


def _policy(name: str) -> AwsManagedPolicy:
    path, version, created, changed, document = _file()[name]
    return AwsManagedPolicy(
        name,
        path,
        version,
        datetime.fromisoformat(created),
        datetime.fromisoformat(changed),
        document,
    )


@cache
def _file() -> Mapping[str, Any]:
    return read_json(lzma.decompress(FILE.read_bytes()))
