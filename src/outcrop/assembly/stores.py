"""The stores, as the settings ask for them."""

from outcrop.assembly.errors import CannotStartError
from outcrop.settings import Settings
from outcrop.storage.blobs.interface import BlobStore
from outcrop.storage.durability import Durability
from outcrop.storage.records.interface import RecordStore


def durability_of(settings: Settings) -> Durability:
    """Return what writes to the data folder survive: where keys are required, others rely on it."""
    if settings.storage.durability is not None:
        return settings.storage.durability
    return "process" if settings.authentication.mode == "open" else "full"


async def open_records(settings: Settings) -> RecordStore:
    """Open the records: SQLite in the data folder, or PostgreSQL by URL.

    Raises:
        CannotStartError: The URL is of no known kind, or what it names does not answer.
    """
    url = settings.storage.records_url
    if not url:
        from outcrop.storage.records.sqlite import SqliteRecordSettings, SqliteRecordStore

        return await SqliteRecordStore.open(
            settings.data / "records.sqlite",
            # This server holds the data folder: nobody else writes there.
            SqliteRecordSettings(durability=durability_of(settings), has_other_writers=False),
        )
    if not url.startswith(("postgresql://", "postgres://")):
        raise CannotStartError("[storage] records_url must begin with postgresql://")
    try:
        from asyncpg import InterfaceError, PostgresError

        from outcrop.storage.records.postgres import PostgresRecordStore
    except ImportError as error:
        raise CannotStartError(
            "Records in PostgreSQL need `pip install 'outcrop[postgres]'`."
        ) from error
    try:
        return await PostgresRecordStore.open(url)
    except OSError as error:
        raise CannotStartError(f"[storage] records_url: no answer: {error}") from error
    except (PostgresError, InterfaceError) as error:
        raise CannotStartError(f"[storage] records_url: {error}") from error


async def open_blobs(settings: Settings) -> BlobStore:
    """Open the blobs: files in the data folder, or a bucket by URL.

    Raises:
        CannotStartError: The URL makes no sense.
    """
    url = settings.storage.blobs_url
    if not url:
        from outcrop.storage.blobs.directory import DirectoryBlobSettings, DirectoryBlobStore

        return await DirectoryBlobStore.open(
            settings.data / "blobs", DirectoryBlobSettings(durability=durability_of(settings))
        )
    try:
        from botocore.exceptions import BotoCoreError, ClientError

        from outcrop.storage.blobs.s3 import S3BlobStore
    except ImportError as error:
        raise CannotStartError("Blobs in a bucket need `pip install 'outcrop[s3]'`.") from error
    try:
        return await S3BlobStore.open(url)
    except (ValueError, BotoCoreError, ClientError) as error:
        raise CannotStartError(f"[storage] blobs_url: {error}") from error
