"""Bodies in the encoding `aws-chunked`: their pieces, trailers, signatures and checksums."""

import asyncio
import gzip
import io
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zlib import crc32

import pytest
from botocore.httpchecksum import AwsChunkedWrapper, Crc32Checksum

from outcrop.aws.chunk_signatures import ChunkVerifier
from outcrop.aws.credential_scope import Credential, CredentialScope
from outcrop.aws.errors import (
    RequestTooLargeError,
    SerializationError,
    ServiceError,
    SignatureDoesNotMatchError,
)
from outcrop.aws.http import Body, HttpRequest
from outcrop.aws.refusals import S3
from outcrop.aws.sigv4_claim import Sigv4Claim
from outcrop.protocol.aws_chunked import UnchunkedBody, unchunked
from outcrop.protocol.request_body import read_whole

CHUNKED = (
    b"5\r\n"  # five bytes follow
    b"hello\r\n"
    b"a;chunk-signature=0\r\n"  # ten, in hexadecimal, with a signature
    b", in parts\r\n"
    b"0\r\n"  # none: the end
    b"x-amz-checksum-crc32:"
    + b64encode(crc32(b"hello, in parts").to_bytes(4, "big"))
    + b"\r\n"  # a trailing header
    b"\r\n"  # the end of the trailing headers
)


async def cut(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def request(content: bytes, headers: dict[str, str], size: int = 1000) -> HttpRequest:
    body = Body(cut(content, size))
    return HttpRequest(method="PUT", raw_path="/b/k", headers=headers, body=body)


def chunked(content: bytes, size: int = 1000, length: str = "") -> HttpRequest:
    headers = {"content-encoding": "aws-chunked"}
    if length:
        headers["x-amz-decoded-content-length"] = length
    return request(content, headers, size)


def read(sent: HttpRequest, limit: int = 10_000) -> bytes:
    return asyncio.run(read_whole(unchunked(sent), limit=limit, gzip=True))


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_the_pieces_are_joined_and_the_trailers_kept(size: int) -> None:
    body = unchunked(chunked(CHUNKED, size=size)).body

    assert asyncio.run(body.read()) == b"hello, in parts"
    assert isinstance(body, UnchunkedBody)
    assert body.trailers.keys() == {"x-amz-checksum-crc32"}


def test_what_botocore_sends_is_read() -> None:
    content = bytes(range(256)) * 4096
    wrapper: Any = AwsChunkedWrapper(
        io.BytesIO(content),
        checksum_cls=Crc32Checksum,
        checksum_name="x-amz-checksum-crc32",
        chunk_size=100_000,
    )

    assert read(chunked(wrapper.read()), limit=len(content)) == content


def test_a_body_may_end_with_its_last_piece() -> None:
    assert read(chunked(b"2\r\nhi\r\n0\r\n")) == b"hi"


def test_a_checksum_of_another_kind_is_left_to_the_handler() -> None:
    assert read(request(b"hi", {"x-amz-checksum-xxhash64": "?"})) == b"hi"


def test_the_encoding_is_gone_for_who_reads_the_headers() -> None:
    both = unchunked(request(CHUNKED, {"content-encoding": "aws-chunked, gzip"}))
    alone = unchunked(chunked(CHUNKED))

    assert (dict(both.headers), dict(alone.headers)) == ({"content-encoding": "gzip"}, {})


def test_the_signed_payload_alone_tells_of_pieces() -> None:
    sent = request(CHUNKED, {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"})

    assert read(sent) == b"hello, in parts"


def test_a_plain_body_stays_as_it_is() -> None:
    sent = request(b"5\r\nhello\r\n0\r\n\r\n", {})

    assert unchunked(sent) is sent


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"5\r\nhel",
        b"5\r\nhello",
        b"5\r\nhello\r\n",
        b"5\r\nhello!\r\n0\r\n\r\n",
        b"5;odd=1\r\nhello!\r\n0\r\n\r\n",
        b"-5\r\nhello\r\n0\r\n\r\n",
        b"0x5\r\nhello\r\n0\r\n\r\n",
        b"\r\nhello\r\n0\r\n\r\n",
        b"f" * 17 + b"\r\n",
        b"1" * 20_000,
        b"0\r\nno end",
    ],
)
def test_pieces_that_are_none_are_refused(content: bytes) -> None:
    with pytest.raises(ServiceError) as caught:
        read(chunked(content))

    assert caught.value.code == "IncompleteBody"


MANY_TRAILERS = b"".join(b"name-%d: value\r\n" % number for number in range(40)) + b"\r\n"


@pytest.mark.parametrize("trailers", [b"no colon\r\n\r\n", MANY_TRAILERS])
def test_trailers_that_are_none_are_refused(trailers: bytes) -> None:
    with pytest.raises(ServiceError) as caught:
        read(chunked(b"0\r\n" + trailers))

    assert caught.value.code == "MalformedTrailerError"


def test_the_promised_length_must_hold() -> None:
    with pytest.raises(ServiceError) as caught:
        read(chunked(CHUNKED, length="16"))

    assert caught.value.code == "IncompleteBody"


def test_a_wrong_trailing_checksum_is_told_as_s3_tells_it() -> None:
    with pytest.raises(ServiceError) as caught:
        read(chunked(CHUNKED.replace(b"hello", b"jello")))

    assert (caught.value.code, caught.value.message) == (
        "BadDigest",
        "The CRC32 you specified did not match the calculated checksum.",
    )


CHECKSUMS = {
    "x-amz-checksum-crc32": "DUoRhQ==",
    "x-amz-checksum-crc32c": "yZRlqg==",
    "x-amz-checksum-crc64nvme": "jSnVw/bqjr4=",
    "x-amz-checksum-sha1": "Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
    "x-amz-checksum-sha256": "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=",
    "content-md5": "XrY7u+Ae7tCTyyK7j1rNww==",
}
"""Of `hello world`."""


@pytest.mark.parametrize("header", CHECKSUMS)
def test_a_right_checksum_is_accepted_and_one_of_other_bytes_refused(header: str) -> None:
    right = request(b"hello world", {header: CHECKSUMS[header]})
    wrong = request(b"hello wurld", {header: CHECKSUMS[header]})

    assert read(right) == b"hello world"
    with pytest.raises(ServiceError) as caught:
        read(wrong)
    assert caught.value.code == "BadDigest"


@pytest.mark.parametrize("name", ["crc32", "crc32c", "crc64nvme"])
def test_a_long_body_keeps_nobody_waiting(name: str) -> None:
    header = f"x-amz-checksum-{name}"
    long = request(b"x" * (32 << 20), {header: CHECKSUMS[header]})
    started = time.perf_counter()

    with pytest.raises(ServiceError) as caught:
        read(long, limit=64 << 20)

    assert caught.value.code == "BadDigest"
    assert time.perf_counter() - started < 2  # Byte by byte in Python it takes nine seconds.


@pytest.mark.parametrize(
    ("header", "code"),
    [("x-amz-checksum-crc32", "InvalidRequest"), ("content-md5", "InvalidDigest")],
)
@pytest.mark.parametrize("value", ["", "not base64", "aGk=", "é"])
def test_a_checksum_that_is_none_is_refused(header: str, code: str, value: str) -> None:
    with pytest.raises(ServiceError) as caught:
        read(request(b"hello world", {header: value}))

    assert caught.value.code == code


def test_gzip_is_unpacked_member_by_member() -> None:
    packed = gzip.compress(b"hello ") + gzip.compress(b"world")

    assert read(request(packed, {"content-encoding": "gzip"})) == b"hello world"


def test_a_bomb_of_gzip_is_refused_before_it_bursts() -> None:
    packed = gzip.compress(bytes(100 << 20))

    with pytest.raises(RequestTooLargeError):
        read(request(packed, {"content-encoding": "gzip"}), limit=200_000)


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b"hello")[:-1]])
def test_damaged_gzip_is_the_clients_error(content: bytes) -> None:
    with pytest.raises(SerializationError):
        read(request(content, {"content-encoding": "gzip"}))


# The upload that AWS documents: 65,536 and 1,024 times the letter a.
# https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
SIGNED_PIECES = (
    (65536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
    (1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
    (0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
)


def in_pieces(pieces: tuple[tuple[int, str], ...]) -> bytes:
    return b"".join(
        b"%x;chunk-signature=%s\r\n%s\r\n" % (size, signature.encode(), b"a" * size)
        for size, signature in pieces
    )


def signed(
    content: bytes,
    seed: str = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
    payload: str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
) -> HttpRequest:
    scope = CredentialScope(date="20130524", region="us-east-1", service="s3")
    claim = Sigv4Claim(
        credential=Credential(access_key_id="AKIAIOSFODNN7EXAMPLE", scope=scope),
        signed_headers=(),
        signature=seed,
        signed_at=datetime(2013, 5, 24, tzinfo=UTC),
        timestamp="20130524T000000Z",
        expires=None,
        payload=payload,
        session_token="",
    )
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    verifier = ChunkVerifier(claim, secret=secret, refusals=S3)
    headers = {"content-encoding": "aws-chunked", "x-amz-decoded-content-length": "66560"}
    body = Body(cut(content, 10_000), verifier=verifier)
    return HttpRequest(method="PUT", raw_path="/", headers=headers, body=body)


def test_pieces_that_are_signed_are_verified() -> None:
    content = read(signed(in_pieces(SIGNED_PIECES)), limit=100_000)

    assert sha256(content).digest() == sha256(b"a" * 66560).digest()


def test_a_changed_piece_is_refused() -> None:
    with pytest.raises(SignatureDoesNotMatchError):
        read(signed(in_pieces(SIGNED_PIECES).replace(b"aaaa\r\n0;", b"aaab\r\n0;")), limit=100_000)


# The same upload with a trailer.
# https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
SEED_BEFORE_TRAILER = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
PIECES_BEFORE_TRAILER = (
    (65536, "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2"),
    (1024, "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7"),
)
END_AND_TRAILER = (
    b"0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"
    b"x-amz-checksum-crc32c:sOO8/Q==\r\n"
    b"x-amz-trailer-signature:"
    b"d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n"
    b"\r\n"
)


def upload_with_trailer() -> HttpRequest:
    content = in_pieces(PIECES_BEFORE_TRAILER)
    payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
    return signed(content + END_AND_TRAILER, SEED_BEFORE_TRAILER, payload)


def test_a_signed_trailer_is_verified_and_its_checksum_held_against_the_body() -> None:
    assert read(upload_with_trailer(), limit=100_000) == b"a" * 66560
