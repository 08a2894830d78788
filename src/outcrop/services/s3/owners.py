"""Owners as S3 names them: canonical user ids.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
"""

from __future__ import annotations

import hashlib
from functools import cache

from outcrop.services.s3 import shapes


@cache
def canonical_id(account: str) -> str:
    """Return an account's canonical user id: 64 hexadecimal digits, the same in every run."""
    return hashlib.sha256(f"outcrop:{account}".encode()).hexdigest()


def owner(account: str) -> shapes.Owner:
    """Return an account as an `Owner` or `Initiator`; S3 gives no display name any more."""
    return {"ID": canonical_id(account)}
