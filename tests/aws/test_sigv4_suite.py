"""AWS's own vectors for SigV4, turned round: each signed request must be believed."""

import json
from pathlib import Path

import pytest

from outcrop.aws.canonical_request import canonical_request
from outcrop.aws.errors import SignatureDoesNotMatchError
from outcrop.aws.http import Body, HttpRequest
from outcrop.aws.refusals import QUERY
from outcrop.aws.sigv4 import check_signature, sha256
from outcrop.aws.sigv4_claim import read_header

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SUITE = json.loads((Path(__file__).parent / "sigv4_test_suite.json").read_text("utf-8"))
CASES = [pytest.param(case, id=name) for name, case in SUITE["cases"].items()]


def parse(raw: str) -> tuple[HttpRequest, bytes]:
    """Read a request as a server would, whatever its target holds."""
    head, _, body = raw.encode().decode("latin-1").partition("\n\n")
    request_line, *lines = head.split("\n")
    method, target = request_line.removesuffix(" HTTP/1.1").split(" ", 1)
    path, _, query_string = target.partition("?")
    headers: dict[str, str] = {}
    name = ""
    for line in lines:
        if line.startswith(" "):  # A folded header goes on.
            headers[name] += f" {line.strip()}"
            continue
        name, _, value = line.partition(":")
        name = name.lower()
        headers[name] = f"{headers[name]},{value.strip()}" if name in headers else value.strip()
    content = body.encode("latin-1")
    request = HttpRequest(
        method=method,
        raw_path=path,
        query_string=query_string,
        headers=headers,
        body=Body.of(content),
    )
    return request, content


@pytest.mark.parametrize("case", CASES)
def test_a_published_request_is_believed(case):
    request, content = parse(case["request"])
    claim = read_header(request, QUERY)
    payload = claim.payload or sha256(content).hexdigest()

    check_signature(claim, request, secret=SECRET, payload=payload, refusals=QUERY)

    canonical = canonical_request(
        request, signed_headers=claim.signed_headers, payload_hash=payload, is_s3=False
    )
    assert canonical == case["canonical_request"]


@pytest.mark.parametrize("case", CASES)
def test_a_published_request_is_refused_with_another_secret(case):
    request, content = parse(case["request"])
    claim = read_header(request, QUERY)

    with pytest.raises(SignatureDoesNotMatchError):
        check_signature(
            claim,
            request,
            secret="another",
            payload=claim.payload or sha256(content).hexdigest(),
            refusals=QUERY,
        )
