"""The fields of an S3 upload by an HTML form, which carry its signature, and how they sign.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html
"""

import re
from collections.abc import Mapping

from outcrop.aws import sigv2
from outcrop.aws.canonical_request import wire_octets
from outcrop.aws.claimed_identity import claimed_in_form
from outcrop.aws.credential_scope import Credential
from outcrop.aws.refusals import FailedSignature, Refusals
from outcrop.aws.sigv4 import is_signed_by, signing_key
from outcrop.aws.sigv4_claim import ALGORITHM

MOST_BYTES_BEFORE_FILE = 64 * 1024
"""AWS documents 20 KB for the fields that come before the file."""
_boundary = re.compile(r';\s*boundary="?([^";,]+)"?', re.IGNORECASE)
_field_name = re.compile(rb'[;\s]name="?([^";\r\n]*)"?', re.IGNORECASE)


def boundary_of(content_type: str) -> bytes | None:
    """Return what separates the fields of a form; `None` if the body is no such form."""
    if not content_type.lower().startswith("multipart/form-data"):
        return None
    found = _boundary.search(content_type)
    return wire_octets(found[1]) if found else None


def fields_before_file(start: bytes, boundary: bytes) -> dict[str, str] | None:
    """Return the fields that come before the file, names in lower case.

    Args:
        start: As much of the body as there is so far.
        boundary: What separates its fields, without the dashes.

    Returns:
        `None` while the file, or the end of the form, is yet to come.
    """
    fields: dict[str, str] = {}
    parts = (b"\r\n" + start).split(b"\r\n--" + boundary)
    for part in parts[1:]:
        head, gap, content = part.partition(b"\r\n\r\n")
        found = _field_name.search(head)
        name = found[1].decode("utf-8", "replace").lower() if found else ""
        if part.startswith(b"--") or (gap and name == "file"):
            return fields
        if part is not parts[-1]:
            fields[name] = content.decode("utf-8", "replace")
    return None


def check_signature(fields: Mapping[str, str], *, secret: str, refusals: Refusals) -> None:
    """Refuse a form whose policy is not what the owner of `secret` signed.

    Whether the policy allows this upload, and still does, is for S3 to tell.

    Raises:
        ServiceError: The signature is another one, or cannot be read.
    """
    policy = fields.get("policy", "")
    if "awsaccesskeyid" in fields:
        signature = fields.get("signature", "")
        is_right = sigv2.is_signed_by(secret, policy, signature)
    else:
        signature = fields.get("x-amz-signature", "")
        is_right = is_signed_by(_key(fields, secret, refusals), policy, signature)
    if not (policy and is_right):
        raise refusals.mismatch(
            FailedSignature(
                access_key_id=claimed_in_form(fields).access_key_id,
                signature=signature,
                string_to_sign=policy,
            )
        )


def _key(fields: Mapping[str, str], secret: str, refusals: Refusals) -> bytes:
    if fields.get("x-amz-algorithm") != ALGORITHM:
        raise refusals.unsupported(fields.get("x-amz-algorithm", ""))
    try:
        credential = Credential.parse(fields["x-amz-credential"])
    except ValueError as error:
        raise refusals.malformed(str(error), "query") from None
    return signing_key(secret, credential.scope)
