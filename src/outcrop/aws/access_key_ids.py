"""Access key ids and unique ids in AWS's own form: a prefix that tells the kind, then Base32.

An access key id holds its account: 40 bits after the first of what the sixteen letters decode to.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

import base64
import hashlib
import re
from functools import lru_cache

_PREFIX_LENGTH = 4
_BITS_BEHIND_ACCOUNT = 39
_twelve_digits = re.compile(r"[0-9]{12}").fullmatch


def is_account(name: str) -> bool:
    """Tell whether this is an account's id: twelve digits."""
    return _twelve_digits(name) is not None


def make_access_key_id(prefix: str, account: str, randomness: bytes) -> str:
    """Return an access key id.

    Args:
        prefix: `AKIA` for a long-lived key, `ASIA` for a temporary one.
        account: Twelve digits.
        randomness: Five bytes that no other key of the account has.
    """
    free = int.from_bytes(randomness[:5], "big") & ((1 << _BITS_BEHIND_ACCOUNT) - 1)
    # The first bit of the eighty is set in the ids that AWS hands out now.
    number = 1 << 79 | int(account) << _BITS_BEHIND_ACCOUNT | free
    return prefix + base64.b32encode(number.to_bytes(10, "big")).decode()


def account_of(access_key_id: str) -> str:
    """Return the account that an access key id in AWS's form holds, twelve digits.

    Raises:
        ValueError: The id is not in that form.
    """
    account = account_in(access_key_id)
    if account is None:
        raise ValueError(f"{access_key_id!r} is no access key id of AWS's form")
    return account


@lru_cache(maxsize=1024)
def account_in(access_key_id: str) -> str | None:
    """Return the account that an access key id holds, `None` if it is not in AWS's form."""
    try:
        decoded = base64.b32decode(access_key_id[_PREFIX_LENGTH:])
    except ValueError:
        return None
    if len(decoded) != 10:
        return None
    number = int.from_bytes(decoded, "big")
    return f"{number >> _BITS_BEHIND_ACCOUNT & (1 << 40) - 1:012d}"


def unique_id(prefix: str, *parts: str) -> str:
    """Return an id such as `AIDA…` that is always the same for the same named thing."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return prefix + base64.b32encode(digest).decode()[:17]
