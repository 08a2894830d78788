"""Signatures inside bodies, against the examples that AWS documents.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from outcrop.aws.chunk_signatures import ChunkVerifier, EventVerifier
from outcrop.aws.errors import SignatureDoesNotMatchError
from outcrop.aws.http import Body, HttpRequest
from outcrop.aws.refusals import QUERY, S3
from outcrop.aws.sigv4 import check_signature, signing_key
from outcrop.aws.sigv4_claim import Sigv4Claim, read_header

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
CREDENTIAL = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"
CHUNKS = [b"a" * 65536, b"a" * 1024, b""]
SIGNATURES = [
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
]
SIGNATURES_BEFORE_TRAILER = [
    "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
    "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
    "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
]
TRAILER = {"x-amz-checksum-crc32c": "sOO8/Q=="}
TRAILER_SIGNATURE = "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"


def seed(payload: str, signature: str, **headers: str) -> Sigv4Claim:
    """Read the claim of a documented upload, once its head is known to be right."""
    all_headers = {
        "content-encoding": "aws-chunked",
        "host": "s3.amazonaws.com",
        "x-amz-content-sha256": payload,
        "x-amz-date": "20130524T000000Z",
        "x-amz-decoded-content-length": "66560",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    signed = ";".join(sorted(all_headers))
    all_headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={CREDENTIAL},SignedHeaders={signed},Signature={signature}"
    )
    request = HttpRequest(
        method="PUT",
        raw_path="/examplebucket/chunkObject.txt",
        headers=all_headers,
        body=Body.of(b""),
    )
    claim = read_header(request, S3)
    check_signature(claim, request, secret=SECRET, payload=payload, refusals=S3)
    return claim


@pytest.fixture
def verifier() -> ChunkVerifier:
    claim = seed(
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        content_length="66824",
    )
    return ChunkVerifier(claim, secret=SECRET, refusals=S3)


@pytest.fixture
def verifier_of_trailer() -> ChunkVerifier:
    claim = seed(
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
        x_amz_trailer="x-amz-checksum-crc32c",
    )
    verifier = ChunkVerifier(claim, secret=SECRET, refusals=S3)
    for chunk, signature in zip(CHUNKS, SIGNATURES_BEFORE_TRAILER, strict=True):
        verifier.verify(chunk, signature)
    return verifier


def test_the_documented_chunks_are_believed(verifier: ChunkVerifier):
    for chunk, signature in zip(CHUNKS, SIGNATURES, strict=True):
        verifier.verify(chunk, signature)

    assert not verifier.signs_trailer


def test_a_chunk_may_be_known_by_its_hash(verifier: ChunkVerifier):
    verifier.verify_sha256(hashlib.sha256(CHUNKS[0]).hexdigest(), SIGNATURES[0])


def test_the_documented_trailer_is_believed(verifier_of_trailer: ChunkVerifier):
    verifier_of_trailer.verify_trailer(TRAILER, TRAILER_SIGNATURE)

    assert verifier_of_trailer.signs_trailer


@pytest.mark.parametrize(
    "trailer", [{}, {"x-amz-checksum-crc32c": "AAAAAA=="}, TRAILER | {"x-amz-other": "1"}]
)
def test_another_trailer_is_refused(verifier_of_trailer: ChunkVerifier, trailer: dict[str, str]):
    with pytest.raises(SignatureDoesNotMatchError):
        verifier_of_trailer.verify_trailer(trailer, TRAILER_SIGNATURE)


def test_a_changed_chunk_is_refused(verifier: ChunkVerifier):
    with pytest.raises(SignatureDoesNotMatchError) as caught:
        verifier.verify(b"b" * 65536, SIGNATURES[0])

    assert caught.value.members["StringToSign"].startswith("AWS4-HMAC-SHA256-PAYLOAD\n20130524T")


def test_chunks_cannot_change_places(verifier: ChunkVerifier):
    with pytest.raises(SignatureDoesNotMatchError):
        verifier.verify(CHUNKS[1], SIGNATURES[1])


def test_no_chunk_can_be_left_out(verifier: ChunkVerifier):
    verifier.verify(CHUNKS[0], SIGNATURES[0])

    with pytest.raises(SignatureDoesNotMatchError):
        verifier.verify(CHUNKS[2], SIGNATURES[2])


@pytest.mark.parametrize("signature", ["", "ü", "\ud800", SIGNATURES[0].upper()])
def test_odd_signatures_are_refused(verifier: ChunkVerifier, signature: str):
    with pytest.raises(SignatureDoesNotMatchError):
        verifier.verify(CHUNKS[0], signature)


# Event streams: signed here as the SDKs do, for no documented example has a signature.

EVENT_HEAD = {
    "host": "transcribestreaming.us-east-1.amazonaws.com",
    "x-amz-date": "20260101T120000Z",
    "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-EVENTS",
    "authorization": (
        "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/transcribe/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64
    ),
}
DATE = datetime(2026, 1, 2, 0, 0, 1, tzinfo=UTC)
DATE_HEADER = b"\x05:date\x08" + (1767312001000).to_bytes(8, "big")


def event_signature(previous: str, payload: bytes) -> bytes:
    scope = "20260102/us-east-1/transcribe/aws4_request"
    key = b"AWS4secret"
    for word in scope.split("/"):
        key = hmac.digest(key, word.encode(), "sha256")
    lines = [
        "AWS4-HMAC-SHA256-PAYLOAD",
        "20260102T000001Z",
        scope,
        previous,
        hashlib.sha256(DATE_HEADER).hexdigest(),
        hashlib.sha256(payload).hexdigest(),
    ]
    return hmac.digest(key, "\n".join(lines).encode(), "sha256")


def test_signed_events_are_believed_in_their_order_across_midnight():
    request = HttpRequest(method="POST", raw_path="/", headers=EVENT_HEAD, body=Body.of(b""))
    verifier = EventVerifier(read_header(request, QUERY), secret="secret", refusals=QUERY)
    first = event_signature("0" * 64, b"sound")
    last = event_signature(first.hex(), b"")

    def verify(payload: bytes, signature: bytes) -> None:
        verifier.verify(date_header=DATE_HEADER, date=DATE, payload=payload, signature=signature)

    verify(b"sound", first)
    with pytest.raises(SignatureDoesNotMatchError):
        verify(b"sound", first)
    verify(b"", last)


def test_signing_keys_are_those_that_aws_documents():
    # Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    scope = seed(
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        content_length="66824",
    ).credential.scope

    assert signing_key(SECRET, scope).hex() == (
        "dbb893acc010964918f1fd433add87c70e8b0db6be30c1fbeafefa5ec6ba8378"
    )
