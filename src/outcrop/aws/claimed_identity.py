"""Who a request says sent it, believed without a check; nothing here ever refuses a request."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from outcrop.aws.http import HttpRequest
from outcrop.aws.query_strings import signing_parameters

_credential = re.compile(r"Credential=([^,\s]*)").search
_SIGV2 = "AWS "


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedIdentity:
    """What a request tells of its sender; empty where it tells nothing."""

    access_key_id: str = ""
    region: str = ""
    session_token: str = ""


def claimed_identity(request: HttpRequest) -> ClaimedIdentity:
    """Return what the Authorization header claims, else what a presigned URL does."""
    headers = request.headers
    authorization = headers.get("authorization", "")
    token = headers.get("x-amz-security-token", "")
    if found := _credential(authorization):
        return _of_credential(found[1], token)
    if authorization.startswith(_SIGV2):
        access_key_id = authorization.removeprefix(_SIGV2).rpartition(":")[0]
        return ClaimedIdentity(access_key_id=access_key_id, session_token=token)
    if not request.query_string:
        return ClaimedIdentity()
    query = signing_parameters(request.query_string)
    token = query.get("x-amz-security-token", token)
    if credential := query.get("x-amz-credential"):
        return _of_credential(credential, token)
    return ClaimedIdentity(access_key_id=query.get("awsaccesskeyid", ""), session_token=token)


def claimed_in_form(fields: Mapping[str, str]) -> ClaimedIdentity:
    """Return what the fields of an S3 upload by form claim, their names in lower case."""
    token = fields.get("x-amz-security-token", "")
    if credential := fields.get("x-amz-credential"):
        return _of_credential(credential, token)
    return ClaimedIdentity(access_key_id=fields.get("awsaccesskeyid", ""), session_token=token)


@lru_cache(maxsize=1024)
def _of_credential(text: str, session_token: str) -> ClaimedIdentity:
    """Read a credential; that of SigV4A has no region, and one part less."""
    access_key_id, *scope = text.split("/")
    return ClaimedIdentity(
        access_key_id=access_key_id,
        region=scope[1] if len(scope) == 4 else "",
        session_token=session_token,
    )
