"""The secret under which session tokens are sealed, kept so that they outlive a restart."""

import os
from contextlib import suppress
from pathlib import Path

_BYTES = 32


def ensure_session_secret(file: Path) -> bytes:
    """Return the secret of a file, made on first use for the user's eyes alone."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f"{file.name}.{os.getpid()}.new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as stream:
        stream.write(os.urandom(_BYTES))
        stream.flush()
        os.fsync(stream.fileno())
    with suppress(FileExistsError):  # Another process was first: its secret is the secret.
        file.hardlink_to(beside)
    beside.unlink()
    return file.read_bytes()
