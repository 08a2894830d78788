"""What a request leaves behind: looking for garbage stops everybody for milliseconds."""

import asyncio
import gc
from pathlib import Path

import pytest

from tests.server.echoing import serving
from tests.signing import SETTINGS

pytestmark = pytest.mark.anyio

REQUESTS = 50
SIGNED = (
    "authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/sts/aws4_request, "
    "SignedHeaders=host, Signature=0\r\n"
)
REQUEST = (
    "POST / HTTP/1.1\r\nhost: x\r\n"
    f"{SIGNED}content-type: application/x-www-form-urlencoded\r\ncontent-length: 43\r\n\r\n"
    "Action=GetCallerIdentity&Version=2011-06-15"
).encode()


WITHOUT_BODY = (
    f"GET /v1/voices HTTP/1.1\r\nhost: x\r\n{SIGNED.replace('/sts/', '/polly/')}\r\n".encode()
)


async def ask(port: int, times: int, request: bytes) -> list[bytes]:
    """Send a request time and again on one connection and return the lines of status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines: list[bytes] = []
    for _ in range(times):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.partition(b":")[2])
            for line in head.splitlines()
            if line.lower().startswith(b"content-length:")
        )
        await reader.readexactly(length)
        lines.append(head.partition(b"\r\n")[0])
    writer.close()
    await writer.wait_closed()
    return lines


@pytest.mark.parametrize("request_bytes", [REQUEST, WITHOUT_BODY], ids=["body", "none"])
async def test_requests_leave_nothing_to_the_garbage_collector(
    tmp_path: Path, request_bytes: bytes
) -> None:
    async with serving(tmp_path, SETTINGS) as served:
        await ask(served.port, REQUESTS, request_bytes)
        gc.collect()
        gc.disable()
        try:
            lines = await ask(served.port, REQUESTS, request_bytes)
            left = gc.collect()
        finally:
            gc.enable()

    assert len(lines) == REQUESTS
    assert left < REQUESTS
