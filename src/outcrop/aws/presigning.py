"""Presigned URLs: requests that whoever has them may send, for a while.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote, urlsplit

from outcrop.aws.canonical_request import canonical_query
from outcrop.aws.credential_scope import CredentialScope
from outcrop.aws.session_tokens import SessionCredentials
from outcrop.aws.sigv4 import signing_key
from outcrop.aws.sigv4_claim import ALGORITHM


def presigned_get_of_object(
    url: str,
    credentials: SessionCredentials,
    *,
    region: str,
    now: datetime,
    expires_in: timedelta,
) -> str:
    """Return the URL of an object of S3 with the right to read it.

    Args:
        url: Scheme, host and path: `http://127.0.0.1:4566/bucket/key`, the key encoded.
        credentials: Whose right it is.
        region: The bucket's.
        now: From when on it holds; aware.
        expires_in: For how long.
    """
    parts = urlsplit(url)
    moment = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = CredentialScope(date=moment[:8], region=region, service="s3")
    query = canonical_query(
        "&".join(
            f"{name}={quote(value, safe='~')}"
            for name, value in {
                "X-Amz-Algorithm": ALGORITHM,
                "X-Amz-Credential": f"{credentials.access_key_id}/{scope}",
                "X-Amz-Date": moment,
                "X-Amz-Expires": str(int(expires_in.total_seconds())),
                "X-Amz-Security-Token": credentials.session_token,
                "X-Amz-SignedHeaders": "host",
            }.items()
        )
    )
    request = f"GET\n{parts.path}\n{query}\nhost:{parts.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
    digest = sha256(request.encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{moment}\n{scope}\n{digest}"
    key = signing_key(credentials.secret_access_key, scope)
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"{url}?{query}&X-Amz-Signature={signature}"
