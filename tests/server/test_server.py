"""The server as HTTP clients meet it: both protocols, TLS, health, metrics, reset, the journal."""

import json
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import httpx

from outcrop import LocalServer
from outcrop.gateway.journal import JournalEntry, read_journal
from outcrop.local import free_port
from tests.services.direct import error_of

SIGNED_FOR_STS = {
    "authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/sts/aws4_request, "
    "SignedHeaders=host, Signature=0"
}
IDENTITY = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}


def test_health_tells_version_and_services(server: LocalServer) -> None:
    state = httpx.get(f"{server.url}/health").json()

    assert state["status"] == "ok"
    assert {"sts", "s3", "bedrock-runtime"} <= set(state["services"])
    assert state["client_environment"]["AWS_ENDPOINT_URL"] == server.url


def test_http_2_with_prior_knowledge_is_answered_on_the_same_port(server: LocalServer) -> None:
    with httpx.Client(http1=False, http2=True) as client:
        answer = client.post(server.url, data=IDENTITY)

    assert (answer.http_version, answer.status_code) == ("HTTP/2", 200)


def test_tls_speaks_http_2_under_the_local_authority(server: LocalServer) -> None:
    trusted = ssl.create_default_context(cafile=server.client_environment()["AWS_CA_BUNDLE"])
    with httpx.Client(http2=True, verify=trusted) as client:
        answer = client.post(f"https://localhost:{server.port + 1}", data=IDENTITY)

    assert (answer.http_version, answer.status_code) == ("HTTP/2", 200)


def test_boto3_trusts_the_bundle(server: LocalServer) -> None:
    sts = boto3.client(
        "sts",
        endpoint_url=f"https://127.0.0.1:{server.port + 1}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        verify=server.client_environment()["AWS_CA_BUNDLE"],
    )

    assert sts.get_caller_identity()["Account"] == "123456789012"


def test_a_websocket_is_refused_where_no_operation_speaks_it(server: LocalServer) -> None:
    answer = httpx.get(
        f"{server.url}/stream",
        headers={
            "connection": "upgrade",
            "upgrade": "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
        },
    )

    assert (answer.status_code, answer.json()) == (
        404,
        {
            "__type": "UnknownOperationException",
            "message": "No operation is opened as a WebSocket at /stream.",
        },
    )


def test_metrics_count_requests_by_operation(server: LocalServer) -> None:
    httpx.post(server.url, data=IDENTITY)

    text = httpx.get(f"{server.url}/metrics").text
    line = 'outcrop_requests_total{operation="GetCallerIdentity",service="sts",status="200"}'
    [count] = [float(it.split()[-1]) for it in text.splitlines() if it.startswith(line)]

    assert count >= 1


def test_made_up_operations_do_not_become_labels(server: LocalServer) -> None:
    target = {"x-amz-target": "Logs_20140328.MadeUpByAClient"}
    answers = [
        httpx.post(server.url, content=b"{}", headers=target),
        httpx.post(server.url, data={"Action": "MadeUpByAClient"}, headers=SIGNED_FOR_STS),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert "MadeUpByAClient" not in httpx.get(f"{server.url}/metrics").text


def test_reset_empties_one_account_and_no_other(
    server: LocalServer, client: Callable[..., Any], account: str
) -> None:
    client("iam").create_user(UserName="kept")
    other = boto3.client(
        "iam",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="999999999999",
        aws_secret_access_key="test",
    )
    other.create_user(UserName="gone")

    answer = httpx.post(f"{server.url}/_outcrop/reset", params={"account": "999999999999"})

    assert answer.json() == {"account": "999999999999"}
    assert other.list_users()["Users"] == []
    assert [user["UserName"] for user in client("iam").list_users()["Users"]] == ["kept"]


def test_reset_refuses_what_is_no_account(server: LocalServer) -> None:
    answer = httpx.post(f"{server.url}/_outcrop/reset", params={"account": "all"})

    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "account 'all' is not 12 digits.",
    )


def test_no_page_of_the_web_resets_an_account(
    server: LocalServer, client: Callable[..., Any], account: str
) -> None:
    client("iam").create_user(UserName="kept")

    answer = httpx.post(
        f"{server.url}/_outcrop/reset",
        params={"account": account},
        headers={"origin": "https://example.com"},
    )

    assert answer.status_code == 403
    assert [user["UserName"] for user in client("iam").list_users()["Users"]] == ["kept"]


def journal_of(server: LocalServer, account: str) -> list[JournalEntry]:
    """Return the entries of all that an account was answered."""
    httpx.get(f"{server.url}/health")  # Answered once the loop is done with the one before.
    return [entry for entry in read_journal(server.data / "journal") if entry.account == account]


def test_the_journal_holds_requests_without_their_secrets(
    server: LocalServer, client: Callable[..., Any], account: str
) -> None:
    client("s3").create_bucket(Bucket=f"journal-{account}")
    url = client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": f"journal-{account}", "Key": "none"}
    )
    httpx.get(url)

    entries = journal_of(server, account)

    assert [(it.operation, it.status, it.error) for it in entries] == [
        ("CreateBucket", 200, ""),
        ("GetObject", 404, "NoSuchKey"),
    ]
    assert "Signature=…" in entries[1].path
    assert httpx.URL(url).params.get("Signature", "") not in entries[1].path


def test_the_journal_tells_an_error_by_the_code_that_the_client_got(
    server: LocalServer, client: Callable[..., Any], account: str
) -> None:
    told = [
        error_of(client("iam").get_user, UserName="nobody"),
        error_of(client("iam").create_user, UserName="no name!"),
        error_of(client("logs").delete_log_group, logGroupName="none"),
        error_of(client("s3").get_bucket_policy, Bucket=f"none-{account}"),
    ]

    entries = journal_of(server, account)
    assert [entry.error for entry in entries] == [
        "NoSuchEntity",
        "ValidationError",
        "ResourceNotFoundException",
        "NoSuchBucket",
    ]
    assert [entry.error for entry in entries] == [error["Code"] for error in told]


def test_open_mode_is_refused_beyond_loopback(tmp_path: Path) -> None:
    port = str(free_port())
    command = [sys.executable, "-m", "outcrop", "up", "--host", "0.0.0.0", "--port", port]
    done = subprocess.run(
        [*command, "--data", str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 1
    assert "loopback only, not 0.0.0.0" in done.stderr


def test_a_taken_port_is_a_clear_error(server: LocalServer, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "outcrop", "up", "--port", str(server.port)]
    done = subprocess.run(
        [*command, "--data", str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 1
    assert f"127.0.0.1:{server.port}: Address already in use" in done.stderr


def test_an_unknown_operation_is_told_in_the_clients_form(server: LocalServer) -> None:
    form = httpx.post(server.url, data={"Action": "Fly", "Version": "2011-06-15"})
    target = httpx.post(server.url, content=b"{}", headers={"x-amz-target": "Nothing.Fly"})

    assert form.status_code == 404
    assert form.headers["content-type"] == "text/xml"
    assert json.loads(target.text)["__type"] == "UnknownOperationException"
