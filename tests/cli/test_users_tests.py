"""What users build their own tests with: the pytest plugin and `outcrop.local()`."""

import subprocess
import sys
from pathlib import Path

USERS_TESTS = """
import os
import boto3
import outcrop


def test_upload(outcrop_client):
    s3 = outcrop_client("s3")
    s3.create_bucket(Bucket="photos-of-users")
    s3.put_object(Bucket="photos-of-users", Key="cat", Body=b"meow")
    assert s3.get_object(Bucket="photos-of-users", Key="cat")["Body"].read() == b"meow"


def test_accounts_do_not_see_each_other(outcrop_client, outcrop_account):
    assert outcrop_client("s3").list_buckets()["Buckets"] == []
    assert outcrop_client("sts").get_caller_identity()["Account"] == outcrop_account


def test_programs_find_the_server(outcrop_environment, outcrop_account):
    assert boto3.client("sts").get_caller_identity()["Account"] == outcrop_account


def test_the_environment_is_as_it_was():
    assert "AWS_ENDPOINT_URL" not in os.environ
    assert os.environ["AWS_PROFILE"] == "work"


def test_a_server_for_the_duration():
    with outcrop.local() as server:
        assert boto3.client("sts").meta.endpoint_url == server.url
        assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"
    assert "AWS_ENDPOINT_URL" not in os.environ
"""


def run_pytest(folder: Path, tests: str, **variables: str) -> str:
    (folder / "test_users.py").write_text(tests, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    return done.stdout


def test_a_users_tests_pass_with_the_plugin(tmp_path: Path) -> None:
    told = run_pytest(tmp_path, USERS_TESTS, AWS_PROFILE="work")

    assert "5 passed" in told, told


def test_tests_without_boto3_fail_rather_than_pass_untested(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['boto3'] = None\n")

    told = run_pytest(tmp_path, "def test_upload(outcrop_client): pass\n", PYTHONPATH=str(tmp_path))

    assert "`outcrop_client` makes clients of boto3: pip install boto3" in told
    assert "1 error" in told, told
