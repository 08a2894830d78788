"""Files as bodies, for servers that do not hand them to the kernel."""

import asyncio
from collections.abc import AsyncGenerator

from outcrop.aws.http import FileBody

PIECE_BYTES = 1 << 20


async def pieces(body: FileBody) -> AsyncGenerator[bytes, None]:
    """Give a file's bytes; the disk is waited for in a thread."""
    with body.path.open("rb", buffering=0) as file:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            yield piece
