"""`outcrop up` where something stands in its way: one clear line, and the remedy."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from outcrop import LocalServer
from outcrop.local import free_port
from tests.cli.outcrop_command import outcrop, refusal

KEYS = """
[server]
host = "0.0.0.0"

[authentication]
mode = "keys"

[authentication.keys.AKIAEXAMPLE]
secret = "secret"
account = "111122223333"
"""


def test_one_data_folder_is_one_servers(server: LocalServer) -> None:
    assert server.process is not None

    said = refusal("up", "--port", str(free_port()), "--data", str(server.data))

    assert said == (
        f"Error: Another Outcrop has the data folder {server.data}: process {server.process.pid} "
        f"at {server.url}. Choose another folder with `--data DIR`, or stop it first.\n"
    )


def test_a_folder_is_free_again_after_a_crash(tmp_path: Path) -> None:
    crashed = LocalServer(tmp_path)
    crashed.start()
    crashed.kill()

    with LocalServer(tmp_path).running() as again:
        assert again.state["status"] == "ok"


def test_a_taken_port_is_told(server: LocalServer, tmp_path: Path) -> None:
    said = refusal("up", "--port", str(server.port), "--data", str(tmp_path))

    assert said == (
        f"Error: 127.0.0.1:{server.port}: Address already in use. "
        "Choose other ports with `outcrop up --port N`.\n"
    )


def test_a_taken_tls_port_is_told(tmp_path: Path) -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 1))
        taken.listen()
        said = refusal("up", "--port", str(port), "--data", str(tmp_path))

    assert said == (
        f"Error: 127.0.0.1:{port + 1}: Address already in use. "
        "Choose other ports with `outcrop up --port N`.\n"
    )


@pytest.mark.parametrize(
    ("folder", "reason"),
    [("/dev/null", "it is no folder"), ("/proc/outcrop", "No such file or directory")],
)
def test_an_unusable_data_folder_is_told(folder: str, reason: str) -> None:
    said = refusal("up", "--port", str(free_port()), "--data", folder)

    assert said == (
        f"Error: The data folder {folder} cannot be used: {reason}. "
        "Choose another folder with `--data DIR`.\n"
    )


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_text("This is not SQLite.\n" * 100, encoding="utf-8")

    said = refusal("up", "--port", str(free_port()), "--data", str(tmp_path))

    assert said == (
        f"Error: What is in the data folder {tmp_path} cannot be used: file is not a database.\n"
    )


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"OUTCROP_SERVER_PORT": "99999"}, "[server] 99999 is no port: those go from 1 to 65535."),
        ({"OUTCROP_SERVER_TLS_PORT": "4566"}, "[server] port and tls_port are both 4566."),
        (
            {"OUTCROP_SERVER_HOST": "0.0.0.0", "OUTCROP_AUTHENTICATION_MODE": "keys"},
            "Mode `keys` needs at least one access key in [authentication.keys].",
        ),
        (
            {"OUTCROP_STORAGE_RECORDS_URL": "postgresql://nobody@127.0.0.1:1/none"},
            "[storage] records_url: no answer: [Errno 111] Connection refused",
        ),
        (
            {
                "OUTCROP_STORAGE_BLOBS_URL": "s3://bucket?endpoint_url=http://127.0.0.1:1",
                "AWS_ACCESS_KEY_ID": "key",
                "AWS_SECRET_ACCESS_KEY": "secret",
            },
            "[storage] blobs_url: Could not connect to the endpoint URL: "
            '"http://127.0.0.1:1/bucket?uploads&prefix="',
        ),
    ],
)
def test_settings_that_cannot_work_are_told(
    tmp_path: Path, variables: dict[str, str], said: str
) -> None:
    assert refusal("up", "--data", str(tmp_path), variables=variables) == f"Error: {said}\n"


def test_an_address_of_another_machine_is_told(tmp_path: Path) -> None:
    file = tmp_path / "outcrop.toml"
    file.write_text(KEYS.replace("0.0.0.0", "203.0.113.9"), encoding="utf-8")
    port = free_port()

    said = refusal("--config", str(file), "up", "--port", str(port), "--data", str(tmp_path))

    assert said == (
        f"Error: 203.0.113.9:{port}: Cannot assign requested address. "
        "Choose an address of this machine with `outcrop up --host ADDRESS`.\n"
    )


def test_a_server_that_verifies_keys_hands_none_out(tmp_path: Path) -> None:
    file = tmp_path / "outcrop.toml"
    file.write_text(KEYS, encoding="utf-8")

    with LocalServer(tmp_path / "data", settings={"OUTCROP_CONFIG": str(file)}).running() as server:
        told = server.client_environment()
        configured = outcrop("--config", str(file), "configure", "--port", str(server.port))

    assert told["AWS_ENDPOINT_URL"] == server.url  # 0.0.0.0 is no address to call.
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} & set(told)
    assert "# aws_access_key_id =\n" in configured.stdout
    assert "AWS_ACCESS_KEY_ID" not in server.log()
    assert (
        "Requests are verified. Access keys: AKIAEXAMPLE (secrets in [authentication.keys] of the "
        "settings), and those that IAM has made.\n"
    ) in server.log()


def test_an_interrupt_during_the_start_leaves_no_trace(tmp_path: Path) -> None:
    """The lock is the first thing that a start makes: the signal comes in its midst."""
    process = subprocess.Popen(
        [sys.executable, "-m", "outcrop", "up", "--port", str(free_port()), "--data", tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (tmp_path / "server.lock").exists():
        assert process.poll() is None
    os.kill(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=60)

    assert (process.returncode, error) == (0, "")


def test_the_log_of_a_failed_start_holds_that_start_only(tmp_path: Path) -> None:
    server = LocalServer(tmp_path, port=free_port())
    with server.running():
        pass
    (tmp_path / "records.sqlite").write_text("This is not SQLite.\n" * 100, encoding="utf-8")
    for file in ("records.sqlite-wal", "records.sqlite-shm"):
        (tmp_path / file).unlink(missing_ok=True)

    done = outcrop("run", "--port", str(server.port), "--data", str(tmp_path), "--", "true")

    assert done.returncode == 1
    assert done.stderr == (
        "Error: The server did not start:\n"
        f"Error: What is in the data folder {tmp_path} cannot be used: file is not a database.\n\n"
    )
