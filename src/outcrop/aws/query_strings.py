"""The parameters of a query string that sign it, found without parsing the others' values."""

from urllib.parse import unquote_plus

_MARKS = ("x-amz-", "awsaccesskeyid", "signature", "expires", "content-")


def signing_parameters(query_string: str) -> dict[str, str]:
    """Return the parameters of a presigned URL, names in lower case, decoded; the first of each.

    Others are left out, so that a client's own parameters are never taken for a signature.
    """
    found: dict[str, str] = {}
    for pair in query_string.split("&"):
        name, _, value = pair.partition("=")
        name = name.lower()
        if name.startswith(_MARKS):
            found.setdefault(name, unquote_plus(value))
    return found
