"""The form of a request that SigV4 signs: path, query and headers spelt in one agreed way.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote_to_bytes

from outcrop.aws.http import HttpRequest

_is_plain_path = re.compile(r"[A-Za-z0-9_.~/-]*").fullmatch
_is_plain_word = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch
_SIGNATURE_PARAMETER = "x-amz-signature"


def canonical_path(raw_path: str, *, is_s3: bool) -> str:
    """Return the path as it is signed.

    S3 signs the octets of the key, encoded once and never normalised: `//` and `..` may be part of
    a key. All other services encode what was sent once more, after resolving `.`, `..` and `//`.
    """
    if is_s3:
        return (
            raw_path
            if _is_plain_path(raw_path)
            else quote(unquote_to_bytes(wire_octets(raw_path)), safe="/~")
        )
    path = _normalized(raw_path)
    if _is_plain_path(path):
        return path
    return quote(wire_octets(path), safe="/~")


def canonical_query(query_string: str) -> str:
    """Return the parameters sorted and encoded, all but the signature itself."""
    if not query_string:
        return ""
    pairs: list[tuple[str, str]] = []
    for pair in query_string.split("&"):
        name, _, value = pair.partition("=")
        if pair and name.lower() != _SIGNATURE_PARAMETER:
            pairs.append((_encoded(name), _encoded(value)))
    pairs.sort()
    return "&".join([f"{name}={value}" for name, value in pairs])


def canonical_headers(headers: Mapping[str, str], signed: Iterable[str]) -> str:
    """Return a line for each signed header, runs of white space made one space."""
    return "".join([f"{name}:{_trimmed(headers.get(name, ''))}\n" for name in signed])


def canonical_request(
    request: HttpRequest, *, signed_headers: tuple[str, ...], payload_hash: str, is_s3: bool
) -> str:
    """Return all that is signed of a request, but for its time and the scope of the key.

    Args:
        request: As the client sent it.
        signed_headers: Names in lower case, in the order in which the client lists them.
        payload_hash: What the client says of the body: its SHA-256 in hex or a word such as
            `UNSIGNED-PAYLOAD`.
        is_s3: Whether the path is signed by S3's rule.
    """
    return (
        f"{request.method.upper()}\n"
        f"{canonical_path(request.raw_path, is_s3=is_s3)}\n"
        f"{canonical_query(request.query_string)}\n"
        f"{canonical_headers(request.headers, signed_headers)}\n"
        f"{';'.join(signed_headers)}\n"
        f"{payload_hash}"
    )


def wire_octets(text: str) -> bytes:
    """Return the bytes that a server received as `text`: servers decode heads as Latin-1."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _trimmed(value: str) -> str:
    if value.isascii():
        return " ".join(value.split())
    # Only ASCII white space: the second byte of a UTF-8 letter may look like a Latin-1 space.
    return b" ".join(wire_octets(value).split()).decode("latin-1")


def _encoded(text: str) -> str:
    """Return a parameter's name or value as AWS encodes it, however the client did.

    A plus sign in a query is a space: HTTP libraries send one where the signer saw a space.
    """
    if _is_plain_word(text):
        return text
    return quote(unquote_to_bytes(wire_octets(text.replace("+", " "))), safe="~")


def _normalized(path: str) -> str:
    """Resolve `.`, `..` and empty segments; a slash at the end stays."""
    if "/." not in path and "//" not in path:
        return path or "/"
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in {"", "."}:
            kept.append(segment)
    return f"/{'/'.join(kept)}{'/' if kept and path.endswith('/') else ''}"
