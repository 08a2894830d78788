"""Bearer tokens that Amazon Bedrock calls API keys.

A short-term key is a presigned request in Base64: it can be verified with the secret key of whoever
made it. A long-term key names its account and holds a secret that only its issuer knows.

Sources: https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-how.html and
https://github.com/aws/aws-bedrock-token-generator-python
"""

import base64
import re
from urllib.parse import urlsplit

from outcrop.aws.http import Body, HttpRequest

_SHORT_TERM = "bedrock-api-key-"
_LONG_TERM = "ABSK"
_ADDED_AFTER_SIGNING = "&Version=1"
_ACCOUNT = re.compile(rb"-at-([0-9]{12})[:+]")


def presigned_request(token: str) -> HttpRequest | None:
    """Return the request that a short-term key stands for; `None` if the token is no such key."""
    if not token.startswith(_SHORT_TERM):
        return None
    try:
        text = base64.b64decode(token.removeprefix(_SHORT_TERM), validate=True).decode("ascii")
        url = urlsplit(f"https://{text.removesuffix(_ADDED_AFTER_SIGNING)}")
    except ValueError:
        return None
    return HttpRequest(
        method="POST",
        raw_path=url.path,
        query_string=url.query,
        headers={"host": url.netloc},
        body=Body.of(b""),
        scheme="https",
    )


def account_of(token: str) -> str | None:
    """Return the account that a long-term key names; `None` if the token is no such key."""
    if not token.startswith(_LONG_TERM):
        return None
    try:
        text = base64.b64decode(token.removeprefix(_LONG_TERM), validate=True)
    except ValueError:
        return None
    found = _ACCOUNT.search(text)
    return found[1].decode() if found else None
