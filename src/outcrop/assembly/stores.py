"""The stores, as the settings ask for them."""

from pathlib import Path

from outcrop.assembly.errors import CannotStartError
from outcrop.settings import StorageSettings
from outcrop.storage.blobs.interface import BlobStore
from outcrop.storage.records.interface import RecordStore


async def open_records(settings: StorageSettings, data: Path) -> RecordStore:
    """Open the records: SQLite in the data folder, or PostgreSQL by URL.

    Raises:
        CannotStartError: The URL is of no known kind, or what it names does not answer.
    """
    if not settings.records_url:
        from outcrop.storage.records.sqlite import SqliteRecordSettings, SqliteRecordStore

        return await SqliteRecordStore.open(
            data / "records.sqlite", SqliteRecordSettings(durability=settings.durability)
        )
    if not settings.records_url.startswith(("postgresql://", "postgres://")):
        raise CannotStartError("[storage] records_url must begin with postgresql://")
    try:
        from asyncpg import InterfaceError, PostgresError

        from outcrop.storage.records.postgres import PostgresRecordStore
    except ImportError as error:
        raise CannotStartError(
            "Records in PostgreSQL need `pip install 'outcrop[postgres]'`."
        ) from error
    try:
        return await PostgresRecordStore.open(settings.records_url)
    except OSError as error:
        raise CannotStartError(f"[storage] records_url: no answer: {error}") from error
    except (PostgresError, InterfaceError) as error:
        raise CannotStartError(f"[storage] records_url: {error}") from error


async def open_blobs(settings: StorageSettings, data: Path) -> BlobStore:
    """Open the blobs: files in the data folder, or a bucket by URL.

    Raises:
        CannotStartError: The URL makes no sense.
    """
    if not settings.blobs_url:
        from outcrop.storage.blobs.directory import DirectoryBlobSettings, DirectoryBlobStore

        return await DirectoryBlobStore.open(
            data / "blobs", DirectoryBlobSettings(durability=settings.durability)
        )
    try:
        from botocore.exceptions import BotoCoreError, ClientError

        from outcrop.storage.blobs.s3 import S3BlobStore
    except ImportError as error:
        raise CannotStartError("Blobs in a bucket need `pip install 'outcrop[s3]'`.") from error
    try:
        return await S3BlobStore.open(settings.blobs_url)
    except (ValueError, BotoCoreError, ClientError) as error:
        raise CannotStartError(f"[storage] blobs_url: {error}") from error
