import contextlib
import os
import socket
import ssl
import stat
import threading
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from outcrop.server.certificates import SignedKey, names_of
from outcrop.server.tls import Certificates, ensure_certificates

NOW = datetime.now(UTC)
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("tls")
    return ensure_certificates(folder, names=["models.example.test", "192.0.2.7"], now=NOW)


@contextlib.contextmanager
def greeter(files: Certificates) -> Generator[int]:
    """Serve one TLS connection after another on a port of the system's choice."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.chain, files.key)
    context.set_alpn_protocols(["h2", "http/1.1"])
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                with (
                    contextlib.suppress(OSError),
                    connection,
                    context.wrap_socket(connection, server_side=True) as secure,
                ):
                    secure.sendall(b"hello")

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def strict_client(trusted: Path) -> ssl.SSLContext:
    """A client as Python 3.13 makes it by default."""
    context = ssl.create_default_context(cafile=str(trusted))
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    context.set_alpn_protocols(["h2"])
    return context


def connect(port: int, name: str, trusted: Path) -> tuple[bytes, str | None]:
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        strict_client(trusted).wrap_socket(plain, server_hostname=name) as secure,
    ):
        return secure.recv(5), secure.selected_alpn_protocol()


@pytest.mark.parametrize(
    "name",
    [
        "localhost",
        "127.0.0.1",
        "::1",
        "s3.localhost",
        "my-bucket.s3.localhost",
        "models.example.test",
        "192.0.2.7",
        socket.gethostname(),
    ],
)
@pytest.mark.parametrize("trusted", ["bundle", "authority"])
def test_a_strict_client_trusts_each_of_our_names(files: Certificates, name: str, trusted: str):
    with greeter(files) as port:
        assert connect(port, name, getattr(files, trusted)) == (b"hello", "h2")


def test_other_names_are_not_ours(files: Certificates):
    with greeter(files) as port, pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        connect(port, "amazonaws.com", files.bundle)


def test_who_does_not_trust_the_authority_refuses(files: Certificates):
    with greeter(files) as port, pytest.raises(ssl.SSLCertVerificationError, match="local issuer"):
        connect(port, "localhost", Path(certifi.where()))


def test_the_bundle_adds_our_authority_to_what_the_machine_trusts(files: Certificates):
    ours, machine, both = (
        ssl.create_default_context(cafile=str(files.authority)),
        ssl.create_default_context(),
        ssl.create_default_context(cafile=str(files.bundle)),
    )

    def trusted(context: ssl.SSLContext) -> set[bytes]:
        return set(context.get_ca_certs(binary_form=True))

    assert trusted(both) == trusted(ours) | trusted(machine)
    assert len(trusted(machine)) > 50


def test_a_bundle_named_as_the_systems_own_does_not_grow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    files = ensure_certificates(tmp_path, now=NOW)
    before = files.bundle.read_bytes()
    monkeypatch.setenv("SSL_CERT_FILE", str(files.bundle))

    ensure_certificates(tmp_path, now=NOW)

    assert files.bundle.read_bytes() == before


def test_a_system_that_trusts_nobody_gets_the_usual_authorities(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SSL_CERT_FILE", os.devnull)

    files = ensure_certificates(tmp_path, now=NOW)

    context = ssl.create_default_context(cafile=str(files.bundle))
    assert len(context.get_ca_certs()) > 50


def test_only_the_user_may_read_the_files(tmp_path: Path):
    ensure_certificates(tmp_path / "tls", now=NOW)

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "tls").iterdir()}
    del modes["lock"]  # It is empty.
    assert modes == dict.fromkeys(
        ["server.pem", "server-key.pem", "ca.pem", "ca-key.pem", "bundle.pem"], 0o600
    )
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_certificates_stay_while_they_are_good(tmp_path: Path):
    ensure_certificates(tmp_path, now=NOW)
    before = contents(tmp_path)

    ensure_certificates(tmp_path, now=NOW + timedelta(days=334))

    assert contents(tmp_path) == before


def test_a_leaf_is_renewed_in_its_last_month_by_the_same_authority(tmp_path: Path):
    files = ensure_certificates(tmp_path, now=NOW)
    before = contents(tmp_path)

    ensure_certificates(tmp_path, now=NOW + timedelta(days=336))

    after = contents(tmp_path)
    assert {name for name in after if after[name] != before[name]} == {
        "server.pem",
        "server-key.pem",
    }
    leaf = SignedKey.of_pem(files.key.read_bytes(), files.chain.read_bytes()).certificate
    assert leaf.not_valid_after_utc - NOW > timedelta(days=336 + 364)


def test_a_new_name_renews_the_leaf(tmp_path: Path):
    files = ensure_certificates(tmp_path, now=NOW)

    ensure_certificates(tmp_path, names=["gpu.example.test"], now=NOW)

    leaf = SignedKey.of_pem(files.key.read_bytes(), files.chain.read_bytes()).certificate
    assert "gpu.example.test" in names_of(leaf)


def test_an_authority_is_renewed_before_a_leaf_would_outlive_it(tmp_path: Path):
    files = ensure_certificates(tmp_path, now=NOW)
    before = files.authority.read_bytes()

    ensure_certificates(tmp_path, now=NOW + timedelta(days=3400))

    assert files.authority.read_bytes() != before


@pytest.mark.parametrize("name", ["ca.pem", "ca-key.pem", "server.pem", "server-key.pem"])
@pytest.mark.parametrize("damage", [b"", b"not a certificate", RSA_KEY])
def test_damaged_files_are_made_anew(tmp_path: Path, name: str, damage: bytes):
    files = ensure_certificates(tmp_path, now=NOW)
    (tmp_path / name).write_bytes(damage)

    ensure_certificates(tmp_path, now=NOW)

    with greeter(files) as port:
        assert connect(port, "localhost", files.bundle) == (b"hello", "h2")


def test_files_of_another_folder_are_made_anew(tmp_path: Path):
    one, other = tmp_path / "one", tmp_path / "other"
    ensure_certificates(other, now=NOW)
    files = ensure_certificates(one, now=NOW)
    for name in ("ca.pem", "ca-key.pem"):  # A leaf of another authority.
        (one / name).write_bytes((other / name).read_bytes())
    ensure_certificates(one, now=NOW)
    files.key.write_bytes((other / "server-key.pem").read_bytes())  # A key of another leaf.
    ensure_certificates(one, now=NOW)

    with greeter(files) as port:
        assert connect(port, "localhost", files.bundle) == (b"hello", "h2")


def test_two_that_start_at_once_agree(tmp_path: Path):
    starts = [
        threading.Thread(target=ensure_certificates, args=(tmp_path,), kwargs={"now": NOW})
        for _ in range(8)
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join()

    files = ensure_certificates(tmp_path, now=NOW)
    with greeter(files) as port:
        assert connect(port, "localhost", files.bundle) == (b"hello", "h2")
