"""Versions of a database's tables, and the way from one to the next."""

from collections.abc import Sequence
from typing import TypeAlias

Migration: TypeAlias = tuple[str, ...]
"""SQL statements that lead from one schema version to the next, run in one transaction."""


class NewerSchemaError(Exception):
    """The database was written by a newer Outcrop than this one."""

    def __init__(self, where: str, version: int, known: int) -> None:
        super().__init__(
            f"{where} has schema version {version}, but this Outcrop knows versions up to {known}: "
            "use a newer Outcrop, or another database"
        )


def pending(migrations: Sequence[Migration], version: int, where: str) -> Sequence[Migration]:
    """Return the migrations that a database of this version still needs.

    Args:
        migrations: The first makes version 1 out of nothing, the second version 2 out of 1, ...
        version: What the database has; 0 when it is empty.
        where: Names the database in the error.

    Raises:
        NewerSchemaError: The database is ahead of all migrations.
    """
    if version > len(migrations):
        raise NewerSchemaError(where, version, len(migrations))
    return migrations[version:]
