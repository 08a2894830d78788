"""The journal: kept in order, read back, bounded."""

from pathlib import Path

import pytest

from outcrop.gateway.journal import (
    Journal,
    JournalEntry,
    journal_files,
    read_journal,
    without_secrets,
)
from outcrop.gateway.rotating_lines import RotatingLines
from outcrop.gateway.settings import JournalSettings


def entry_of(path: str) -> JournalEntry:
    return JournalEntry(
        time="2026-01-01T00:00:00.000+00:00",
        request_id="request",
        client="127.0.0.1",
        method="GET",
        path=path,
        service="s3",
        operation="GetObject",
        account="123456789012",
        region="us-east-1",
        status=200,
        error="",
        message="",
        duration_ms=0.5,
        bytes_sent=3,
    )


def test_entries_are_read_back_in_their_order_over_two_runs(tmp_path: Path):
    entries = [entry_of(path) for path in ("/a", "/é", "/\ud800")]
    for entry in entries:
        journal = Journal(JournalSettings(), tmp_path)
        journal.write(entry)
        journal.close()

    assert list(read_journal(tmp_path)) == [*entries[:2], entry_of("/?")]


def test_full_files_are_set_aside_and_the_oldest_goes(tmp_path: Path):
    lines = RotatingLines(tmp_path / "journal.jsonl", most_bytes=10, set_aside=2)
    for number in range(10):
        lines.append(b"%04d" % number)
    lines.close()

    assert [file.read_text() for file in journal_files(tmp_path)] == [
        "0004\n0005\n",
        "0006\n0007\n",
        "0008\n0009\n",
    ]


def test_a_journal_that_keeps_nothing_aside_begins_anew(tmp_path: Path):
    lines = RotatingLines(tmp_path / "journal.jsonl", most_bytes=10, set_aside=0)
    for number in range(5):
        lines.append(b"%04d" % number)
    lines.close()

    assert [file.read_text() for file in journal_files(tmp_path)] == ["0004\n"]


def test_a_disk_that_takes_nothing_stops_no_request(tmp_path: Path):
    journal = Journal(JournalSettings(), tmp_path)
    (tmp_path / "journal.jsonl").mkdir()

    journal.write(entry_of("/a"))
    journal.close()


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (
            "/b/k?X-Amz-Algorithm=A&X-Amz-Credential=c&X-Amz-Security-Token=t&X-Amz-Signature=s",
            "/b/k?X-Amz-Algorithm=A&X-Amz-Credential=…&X-Amz-Security-Token=…&X-Amz-Signature=…",
        ),
        (
            "/b/k?AWSAccessKeyId=a&Signature=s&Expires=1&x-amz-security-token=t",
            "/b/k?AWSAccessKeyId=…&Signature=…&Expires=1&x-amz-security-token=…",
        ),
        (
            "/?Action=AssumeRoleWithWebIdentity&RoleSessionName=me&WebIdentityToken=t",
            "/?Action=AssumeRoleWithWebIdentity&RoleSessionName=me&WebIdentityToken=…",
        ),
        (
            "/?Action=AssumeRoleWithSAML&SAMLAssertion=a&DurationSeconds=900",
            "/?Action=AssumeRoleWithSAML&SAMLAssertion=…&DurationSeconds=900",
        ),
        (
            "/?Action=ChangePassword&OldPassword=a&NewPassword=b",
            "/?Action=ChangePassword&OldPassword=…&NewPassword=…",
        ),
        ("/?Action=GetSessionToken&TokenCode=1", "/?Action=GetSessionToken&TokenCode=…"),
        (
            "/b/k?x-amz-server-side-encryption-customer-key=k&partNumber=1",
            "/b/k?x-amz-server-side-encryption-customer-key=…&partNumber=1",
        ),
        ("/b?list-type=2&continuation-token=next", "/b?list-type=2&continuation-token=next"),
    ],
)
def test_secrets_in_a_query_are_struck_out(target: str, told: str):
    assert without_secrets(target) == told
