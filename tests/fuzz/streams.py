"""Bodies that come in pieces: event streams and aws-chunked, right and wrong.

Sources: https://smithy.io/2.0/aws/amazon-eventstream.html;
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
"""

import struct
from zlib import crc32

from hypothesis import strategies as st

from tests.fuzz.wire import Headers, WireRequest

STRING_TYPE = 7
SIGNED = (
    b"AWS4-HMAC-SHA256 Credential=123456789012/20260102/us-east-1/%s/aws4_request, "
    b"SignedHeaders=host, Signature=" + b"0" * 64
)
SIGNATURE = b"a" * 64


def event(headers: list[tuple[bytes, bytes]], payload: bytes) -> bytes:
    """Return a frame of an event stream with its checksums, its headers being texts."""
    packed = b"".join(
        struct.pack(">B", len(name)) + name + struct.pack(">BH", STRING_TYPE, len(value)) + value
        for name, value in headers
    )
    return frame(packed, payload)


def frame(headers: bytes, payload: bytes) -> bytes:
    """Return a frame with its checksums, whatever the bytes of its headers."""
    prelude = struct.pack(">II", len(headers) + len(payload) + 16, len(headers))
    checked = prelude + struct.pack(">I", crc32(prelude)) + headers + payload
    return checked + struct.pack(">I", crc32(checked))


EVENT = event(
    [
        (b":message-type", b"event"),
        (b":event-type", b"chunk"),
        (b":content-type", b"application/json"),
    ],
    b'{"bytes": "e30="}',
)


def frames() -> st.SearchStrategy[bytes]:
    """Frames whose checksums are right, whatever is in them."""
    words = st.sampled_from(
        (b":message-type", b":event-type", b":content-type", b"event", b"chunk")
    )
    texts = st.one_of(words, st.binary(max_size=20))
    named = st.lists(st.tuples(texts, texts), max_size=4)
    whole = st.builds(event, named, st.binary(max_size=40))
    odd = st.builds(frame, st.binary(max_size=40), st.binary(max_size=40))
    return st.one_of(
        whole, odd, st.just(EVENT), st.just(frame(b"", EVENT)), st.just(frame(b"", b""))
    )


def bidirectional(body: bytes) -> WireRequest:
    """Return a request whose body is an event stream."""
    return WireRequest(
        b"POST",
        b"/model/amazon.nova-sonic-v1%3A0/invoke-with-bidirectional-stream",
        [
            (b"Host", b"127.0.0.1"),
            (b"Content-Type", b"application/vnd.amazon.eventstream"),
            (b"x-amz-content-sha256", b"STREAMING-AWS4-HMAC-SHA256-EVENTS"),
            (b"Authorization", SIGNED % b"bedrock"),
        ],
        body,
    )


def chunk(data: bytes, *, signed: bool = True) -> bytes:
    """Return one chunk of an aws-chunked body."""
    extension = b";chunk-signature=" + SIGNATURE if signed else b""
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)


def upload(body: bytes, decoded_length: bytes, sha256: bytes, headers: Headers) -> WireRequest:
    """Return an upload whose body is aws-chunked."""
    return WireRequest(
        b"PUT",
        b"/fuzzed-bucket/object",
        [
            (b"Host", b"127.0.0.1"),
            (b"Content-Encoding", b"aws-chunked"),
            (b"x-amz-content-sha256", sha256),
            (b"x-amz-decoded-content-length", decoded_length),
            (b"Authorization", SIGNED % b"s3"),
            *headers,
        ],
        body,
    )


@st.composite
def uploads(draw: st.DrawFn) -> WireRequest:
    """Uploads whose chunks, lengths and trailers agree or do not."""
    pieces = draw(st.lists(st.binary(max_size=60), max_size=4))
    signed = draw(st.booleans())
    body = b"".join(chunk(piece, signed=signed) for piece in pieces)
    body += draw(st.sampled_from((chunk(b"", signed=signed)[:-2], b"", b"0\r\n", b"-1\r\n", b"zz")))
    trailer = draw(
        st.sampled_from((b"x-amz-checksum-crc32", b"x-amz-checksum-sha256", b"nonsense"))
    )
    value = draw(st.sampled_from((b"AAAAAA==", b"", b"\xff", b"AAAA")))
    body += draw(st.sampled_from((b"", b"%s:%s\r\n\r\n" % (trailer, value), b":\r\n", b"\r\n")))
    true_length = str(sum(map(len, pieces))).encode()
    return upload(
        draw(st.sampled_from((body, body[:-3], body + b"more"))),
        draw(st.sampled_from((true_length, true_length, b"7", b"-1", b"", b"9" * 30))),
        draw(st.sampled_from((
            b"STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            b"STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            b"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            b"STREAMING-NONSENSE",
        ))),
        draw(st.sampled_from(([], [(b"x-amz-trailer", trailer)]))),
    )  # fmt: skip
