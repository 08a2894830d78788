import httpx
import pytest

pytestmark = pytest.mark.slow


def test_the_aws_cli_copies_lists_syncs_and_removes(aws, account, tmp_path):
    bucket = f"s3://cli-{account}"
    large = bytes(at % 251 for at in range(20 << 20))
    (tmp_path / "up").mkdir()
    (tmp_path / "up" / "large.bin").write_bytes(large)
    (tmp_path / "up" / "small é.txt").write_text("small")

    aws("s3", "mb", bucket)
    aws("s3", "cp", tmp_path / "up" / "large.bin", f"{bucket}/one/large.bin")
    aws("s3", "sync", tmp_path / "up", f"{bucket}/synced")
    again = aws("s3", "sync", tmp_path / "up", f"{bucket}/synced")
    aws("s3", "cp", f"{bucket}/one/large.bin", tmp_path / "down.bin")
    aws("s3", "mv", f"{bucket}/one/large.bin", f"{bucket}/two/large.bin")
    listed = aws("s3", "ls", bucket, "--recursive")
    folders = aws("s3", "ls", f"{bucket}/")

    assert again == ""
    assert (tmp_path / "down.bin").read_bytes() == large
    assert [line.split(maxsplit=3)[2:] for line in listed.splitlines()] == [
        ["20971520", "synced/large.bin"],
        ["5", "synced/small é.txt"],
        ["20971520", "two/large.bin"],
    ]
    assert [line.strip() for line in folders.splitlines()] == ["PRE synced/", "PRE two/"]
    aws("s3", "rm", bucket, "--recursive")
    aws("s3", "rb", bucket)
    assert aws("s3", "ls") == ""


def test_the_aws_cli_presigns(aws, account, tmp_path):
    bucket = f"s3://cli-{account}"
    (tmp_path / "file").write_bytes(b"body")
    aws("s3", "mb", bucket)
    aws("s3", "cp", tmp_path / "file", f"{bucket}/a key")

    url = aws("s3", "presign", f"{bucket}/a key").strip()

    assert httpx.get(url).content == b"body"


def test_the_aws_cli_streams(aws, account, s3_clients, environment):
    bucket = f"s3://cli-{account}"
    aws("s3", "mb", bucket)
    aws("s3api", "put-object", "--bucket", f"cli-{account}", "--key", "empty")

    assert aws("s3", "cp", f"{bucket}/empty", "-") == ""
    assert '"ContentLength": 0' in aws(
        "s3api", "head-object", "--bucket", f"cli-{account}", "--key", "empty"
    )


@pytest.mark.parametrize("name", ["with_s3fs.py", "with_pyarrow.py", "with_duckdb.py"])
def test_a_program_works_unmodified(program, bucket, name):
    assert program(name, bucket).splitlines()[-1] == "done"
