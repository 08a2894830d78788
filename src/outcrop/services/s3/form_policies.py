"""The policies of HTML form uploads: until when, and with which fields, a form may be sent.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
"""

from base64 import b64decode
from binascii import Error as BadBase64Error
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from outcrop.aws.user_json import read_json
from outcrop.services.s3.errors import (
    AccessDeniedError,
    EntityTooLargeError,
    EntityTooSmallError,
    InvalidPolicyDocumentError,
)

UNCHECKED = frozenset(("awsaccesskeyid", "file", "policy", "signature", "x-amz-signature"))
"""Fields that no condition needs to name."""
IGNORED_PREFIX = "x-ignore-"
EQUAL = "eq"
BEGINS = "starts-with"
SIZE = "content-length-range"


@dataclass(frozen=True, slots=True)
class SizeLimits:
    """How long the file may be, in bytes."""

    least: int = 0
    most: int | None = None

    def check_most(self, size: int) -> None:
        """Refuse a file that is too long already."""
        if self.most is not None and size > self.most:
            raise EntityTooLargeError(size, self.most)

    def check(self, size: int) -> None:
        """Refuse a whole file of the wrong length."""
        self.check_most(size)
        if size < self.least:
            raise EntityTooSmallError(
                "Your proposed upload is smaller than the minimum allowed size",
                ProposedSize=size,
                MinSizeAllowed=self.least,
            )


def check_policy(
    encoded: str, fields: Mapping[str, str], *, bucket: str, now: datetime
) -> SizeLimits:
    """Hold a form to its policy and return what that says of the file's length.

    Args:
        encoded: The form's field `policy`.
        fields: All fields before the file, names in lower case.
        bucket: Where the form was sent.
        now: The present moment.

    Raises:
        InvalidPolicyDocumentError: The policy cannot be read.
        AccessDeniedError: It is past its time, or a field is not as it says.
    """
    policy = _read(encoded)
    if _moment(policy.get("expiration")) <= now:
        raise AccessDeniedError("Invalid according to Policy: Policy expired.")
    limits = SizeLimits()
    named: set[str] = {"bucket"}
    for condition in _conditions(policy):
        if condition[0] == SIZE:
            limits = SizeLimits(int(condition[1]), int(condition[2]))
            continue
        operator, name, wanted = condition
        actual = bucket if name == "bucket" else fields.get(name)
        named.add(name)
        if not _holds(operator, wanted, actual):
            raise AccessDeniedError(
                "Invalid according to Policy: Policy Condition failed: "
                f'["{operator}", "${name}", "{wanted}"]'
            )
    extra = [name for name in fields if not _is_free(name) and name not in named]
    if extra:
        raise AccessDeniedError(
            f"Invalid according to Policy: Extra input fields: {', '.join(extra)}"
        )
    return limits


def _is_free(name: str) -> bool:
    return name in UNCHECKED or name.startswith(IGNORED_PREFIX)


def _read(encoded: str) -> Mapping[str, Any]:
    try:
        policy: Any = read_json(b64decode(encoded, validate=True))
    except (BadBase64Error, ValueError) as error:
        raise InvalidPolicyDocumentError("Invalid Policy: Invalid JSON.") from error
    if not isinstance(policy, dict):
        raise InvalidPolicyDocumentError("Invalid Policy: Invalid JSON.")
    return cast("Mapping[str, Any]", policy)


def _moment(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidPolicyDocumentError(f"Invalid Policy: Invalid 'expiration' value: '{text}'")
    return moment


def _conditions(policy: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    """Give each condition as operator, field in lower case, and value."""
    conditions: Any = policy.get("conditions")
    if not isinstance(conditions, list):
        raise InvalidPolicyDocumentError("Invalid Policy: Policy missing conditions.")
    for condition in cast("list[Any]", conditions):
        if isinstance(condition, dict):
            for name, value in cast("dict[str, Any]", condition).items():
                yield EQUAL, name.lower(), str(value)
        else:
            yield _triple(condition)


def _triple(condition: Any) -> tuple[str, str, str]:
    parts: list[Any] = cast("list[Any]", condition) if isinstance(condition, list) else []
    if len(parts) == 3 and all(isinstance(part, str | int) for part in parts):
        operator = str(parts[0]).lower()
        if operator == SIZE and all(str(part).isdecimal() for part in parts[1:]):
            return SIZE, str(parts[1]), str(parts[2])
        if operator in (EQUAL, BEGINS) and str(parts[1]).startswith("$"):
            return operator, str(parts[1])[1:].lower(), str(parts[2])
    raise InvalidPolicyDocumentError("Invalid Policy: Invalid Simple-Condition.")


def _holds(operator: str, wanted: str, actual: str | None) -> bool:
    if actual is None:
        return False
    return actual == wanted if operator == EQUAL else actual.startswith(wanted)
