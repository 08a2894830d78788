"""Object Lock: until when a version may not be deleted.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
"""

from collections.abc import Mapping
from datetime import datetime

from outcrop.services.s3.errors import AccessDeniedError
from outcrop.services.s3.object_version import ObjectVersion

GOVERNANCE = "GOVERNANCE"
COMPLIANCE = "COMPLIANCE"


def check_unlocked(version: ObjectVersion, *, now: datetime, may_bypass: bool) -> None:
    """Refuse the deletion of a version that is held or still retained."""
    until = version.retention.get("RetainUntilDate")
    is_retained = until is not None and datetime.fromisoformat(until) > now
    if is_retained and may_bypass and version.retention["Mode"] == GOVERNANCE:
        is_retained = False
    if version.legal_hold == "ON" or is_retained:
        raise AccessDeniedError("Access Denied because object protected by object lock.")


def check_change(
    version: ObjectVersion, retention: Mapping[str, str], *, now: datetime, may_bypass: bool
) -> None:
    """Refuse to shorten a retention, or to loosen it."""
    if not version.retention:
        return
    until = datetime.fromisoformat(version.retention["RetainUntilDate"])
    mode = version.retention["Mode"]
    if until <= now or (may_bypass and mode == GOVERNANCE):
        return
    is_longer = bool(retention) and datetime.fromisoformat(retention["RetainUntilDate"]) >= until
    is_as_strict = retention.get("Mode") in (mode, COMPLIANCE)
    if not (is_longer and is_as_strict):
        raise AccessDeniedError("Access Denied because object protected by object lock.")
