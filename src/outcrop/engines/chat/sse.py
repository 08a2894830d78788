"""Server-sent events, as far as model servers use them.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from collections.abc import AsyncGenerator

import httpx


async def data_lines(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """Give the data of each event as it comes; model servers send one line per event."""
    rest = b""
    async for chunk in response.aiter_bytes():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                yield line[5:].strip()
    if rest.startswith(b"data:"):
        yield rest[5:].strip()
