"""TLS without an account or a bill: a local authority, made on first use, that signs one leaf.

`bundle` holds the certificates that this machine trusts already, and the authority. Clients read
one file only: AWS_CA_BUNDLE, SSL_CERT_FILE and REQUESTS_CA_BUNDLE replace what they trust, and a
program that also fetches from elsewhere must not lose it. `authority` alone is for
NODE_EXTRA_CA_CERTS, which adds to it.
"""

import fcntl
import os
import socket
import ssl
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import certifi

from outcrop.server.certificates import (
    LEAF_LIFETIME,
    SignedKey,
    is_issued_by,
    make_authority,
    make_leaf,
    names_of,
)

RENEW_LEAF_BEFORE = timedelta(days=30)
_NAMES = (
    "localhost",
    "127.0.0.1",
    "::1",
    # OpenSSL takes no wildcard right below a top-level domain, others do.
    "*.localhost",
    "s3.localhost",
    "*.s3.localhost",
    "host.docker.internal",
)
_END_OF_CERTIFICATE = b"-----END CERTIFICATE-----"
_BEGIN_OF_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """PEM files for the TLS port and its clients."""

    chain: Path
    """The server's certificate; the authority's is the client's to have."""
    key: Path
    """The server's private key."""
    authority: Path
    """The authority's certificate alone."""
    bundle: Path
    """What this machine trusts, and the authority: for AWS_CA_BUNDLE."""


def ensure_certificates(
    directory: Path, *, names: Sequence[str] = (), now: datetime
) -> Certificates:
    """Return the certificates of a folder, made or renewed where that is due.

    The authority lasts ten years and the leaf one; a leaf is made anew thirty days before its end,
    for other names, and with another authority. All files are for the user alone.

    Args:
        directory: Created if it is not there.
        names: Host names and addresses of this server beyond the local ones.
        now: Aware.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = Certificates(
        chain=directory / "server.pem",
        key=directory / "server-key.pem",
        authority=directory / "ca.pem",
        bundle=directory / "bundle.pem",
    )
    with _locked(directory / "lock"):
        authority = _ensure_authority(directory / "ca-key.pem", files.authority, now=now)
        _ensure_leaf(files, authority, all_names(names), now=now)
        bundle = _trusted_elsewhere(authority.certificate_pem) + authority.certificate_pem
        if _read(files.bundle) != bundle:
            _write(files.bundle, bundle)
    return files


def all_names(configured: Sequence[str]) -> list[str]:
    """Return all the names that a leaf is for, in a stable order."""
    host = socket.gethostname()
    own = [host] if host.isascii() and host else []
    return list(dict.fromkeys([*_NAMES, *own, *configured]))


def _ensure_authority(key_file: Path, certificate_file: Path, *, now: datetime) -> SignedKey:
    authority = _load(key_file, certificate_file)
    # A leaf must not outlive its authority.
    if authority and now + LEAF_LIFETIME < authority.certificate.not_valid_after_utc:
        return authority
    authority = make_authority(socket.gethostname(), now=now)
    _write(key_file, authority.key_pem)
    _write(certificate_file, authority.certificate_pem)
    return authority


def _ensure_leaf(
    files: Certificates, authority: SignedKey, names: Sequence[str], *, now: datetime
) -> None:
    leaf = _load(files.key, files.chain)
    if (
        leaf is not None
        and leaf.certificate.not_valid_before_utc <= now
        and now + RENEW_LEAF_BEFORE < leaf.certificate.not_valid_after_utc
        and names_of(leaf.certificate) == set(names)
        and is_issued_by(leaf.certificate, authority.certificate)
    ):
        return
    leaf = make_leaf(authority, names, now=now)
    _write(files.key, leaf.key_pem)
    _write(files.chain, leaf.certificate_pem)


def _trusted_elsewhere(own: bytes) -> bytes:
    """Return what this machine trusts, without us: SSL_CERT_FILE may name our own bundle."""
    system = ssl.get_default_verify_paths().cafile
    content = _read(Path(system)) if system else None
    if not content or _BEGIN_OF_CERTIFICATE not in content.replace(own, b""):
        content = Path(certifi.where()).read_bytes()
    return b"".join(pem + b"\n" for pem in _pems(content) if pem != own.strip())


def _pems(content: bytes) -> Iterator[bytes]:
    for block in content.split(_END_OF_CERTIFICATE)[:-1]:
        yield block[block.rindex(_BEGIN_OF_CERTIFICATE) :] + _END_OF_CERTIFICATE


def _load(key_file: Path, certificate_file: Path) -> SignedKey | None:
    """Return a key and its certificate; `None` where files are missing or damaged."""
    key, certificate = _read(key_file), _read(certificate_file)
    if key is None or certificate is None:
        return None
    try:
        return SignedKey.of_pem(key, certificate)
    except ValueError:
        return None


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def _write(file: Path, content: bytes) -> None:
    """Replace a file at one stroke; nobody else may read it, not even for a moment."""
    beside = file.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
    beside.replace(file)


@contextmanager
def _locked(file: Path) -> Generator[None]:
    """Let one process at a time make certificates, or two would mix theirs."""
    with file.open("wb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
