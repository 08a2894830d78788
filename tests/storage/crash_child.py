"""Writes blobs and records until it is killed; says each one that is acknowledged.

Usage: crash_child.py RECORDS BLOBS SEED

RECORDS is the path of a SQLite file or the URL of a PostgreSQL database, BLOBS a directory. Each
line of the output names two records, written in one batch, and their blob, whose body tells its own
size and has the SHA-256 that follows.
"""

import asyncio
import hashlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

from outcrop.storage.blobs.directory import DirectoryBlobStore
from outcrop.storage.blobs.interface import Blob
from outcrop.storage.records.interface import Create, RecordStore, Scope
from outcrop.storage.records.postgres import PostgresRecordStore
from outcrop.storage.records.sqlite import SqliteRecordStore

LEFT = Scope("123456789012", "", "crash", "left")
RIGHT = Scope("123456789012", "", "crash", "right")
WRITERS = 8
SIZES = [100, 5_000, 70_000, 1_500_000]


async def open_records(place: str) -> RecordStore:
    if place.startswith("postgresql:"):
        return await PostgresRecordStore.open(place)
    return await SqliteRecordStore.open(Path(place))


def body_of(random: Random) -> bytes:
    size = random.choices(SIZES, weights=[60, 25, 12, 3])[0]
    return size.to_bytes(8, "big") + random.randbytes(size - 8)


async def cut(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 50_000):
        yield body[start : start + 50_000]


async def write_blob(blobs: DirectoryBlobStore, body: bytes, random: Random) -> Blob:
    if random.random() < 0.8:
        return await blobs.write(cut(body))
    middle = random.randrange(len(body))
    return await blobs.join(
        [(await blobs.write(part)).id for part in (body[:middle], body[middle:])]
    )


async def write_for_ever(records: RecordStore, blobs: DirectoryBlobStore, seed: str) -> None:
    random = Random(seed)
    number = 0
    while True:
        number += 1
        name = f"{seed}-{number}"
        body = body_of(random)
        blob = await write_blob(blobs, body, random)
        document = {"blob": blob.id, "sha256": hashlib.sha256(body).digest()}
        await records.write(
            Create(scope=LEFT, name=name, document=document, indexes={"blob": blob.id}),
            Create(scope=RIGHT, name=name, document=document),
        )
        os.write(1, f"{name} {blob.id} {document['sha256'].hex()}\n".encode())


async def main(place: str, directory: str, seed: str) -> None:
    records = await open_records(place)
    blobs = await DirectoryBlobStore.open(Path(directory))
    await asyncio.gather(
        *(write_for_ever(records, blobs, f"{seed}-{writer}") for writer in range(WRITERS))
    )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
