"""Channels through pipes, and as files that are not copied: what scripts read."""

import gzip
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.sagemaker.test_training_jobs import IMAGE, Account

PIPE: Mapping[str, Any] = {
    "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "Pipe"}
}
READ_EPOCHS = """
import json, sys
config = json.load(open("/opt/ml/input/config/inputdataconfig.json"))["train"]
print("mode", config["TrainingInputMode"])
for epoch in range(3):
    with open(f"/opt/ml/input/data/train_{epoch}", "rb") as pipe:
        print("epoch", pipe.read())
"""
READ_RECORDS = """
import struct
def records(pipe):
    while header := pipe.read(8):
        magic, length = struct.unpack("<II", header)
        assert magic == 0xCED7230A
        yield pipe.read(length)
        pipe.read(-length % 4)
with open("/opt/ml/input/data/train_0", "rb") as pipe:
    print("records", list(records(pipe)))
"""
READ_MUCH = """
import hashlib
digest = hashlib.sha256()
with open("/opt/ml/input/data/train_0", "rb") as pipe:
    while piece := pipe.read(1 << 20):
        digest.update(piece)
with open("/opt/ml/input/data/train_1", "rb") as pipe:
    first = pipe.read(5)  # and no more
with open("/opt/ml/input/data/train_2", "rb") as pipe:
    second = pipe.read(5)
print("read", digest.hexdigest(), first, second)
"""


@pytest.fixture
def jobs(client: Callable[..., Any], account: str) -> Account:
    jobs = Account(client, account)
    for name in ("a", "b", "c", "d"):
        jobs.s3.put_object(Bucket=jobs.bucket, Key=f"letters/{name}", Body=name.encode() * 3)
    return jobs


def printed(jobs: Account, name: str, word: str, host: str = "algo-1") -> list[str]:
    """Return what follows a word in a log."""
    lines = jobs.log(name, host)
    return [line.removeprefix(f"{word} ") for line in lines if line.startswith(f"{word} ")]


def test_each_epoch_is_a_pipe_of_all_objects(jobs: Account) -> None:
    jobs.create("piped", READ_EPOCHS, InputDataConfig=[jobs.channel("letters/")], **PIPE)
    jobs.wait("piped", "Completed")

    assert printed(jobs, "piped", "mode") == ["Pipe"]
    assert printed(jobs, "piped", "epoch") == ["b'aaabbbcccddd'"] * 3


def test_shuffled_epochs_differ_and_repeat_with_their_seed(jobs: Account) -> None:
    channel = {**jobs.channel("letters/"), "ShuffleConfig": {"Seed": 3}}
    for name in ("one", "two"):
        jobs.create(name, READ_EPOCHS, InputDataConfig=[channel], **PIPE)
    for name in ("one", "two"):
        jobs.wait(name, "Completed")

    epochs = printed(jobs, "one", "epoch")
    assert len(set(epochs)) > 1
    assert {"".join(sorted(epoch[2:-1])) for epoch in epochs} == {"aaabbbcccddd"}
    assert printed(jobs, "two", "epoch") == epochs


def test_two_instances_read_their_parts_as_records(jobs: Account) -> None:
    source = jobs.channel("letters/", S3DataDistributionType="ShardedByS3Key")
    jobs.create(
        "wrapped",
        READ_RECORDS,
        InputDataConfig=[{**source, "RecordWrapperType": "RecordIO"}],
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1},
        **PIPE,
    )
    jobs.wait("wrapped", "Completed")

    assert printed(jobs, "wrapped", "records", "algo-1") == ["[b'aaa', b'ccc']"]
    assert printed(jobs, "wrapped", "records", "algo-2") == ["[b'bbb', b'ddd']"]


def test_an_augmented_manifest_gives_the_records_of_its_attributes(jobs: Account) -> None:
    lines = [
        {"image-ref": jobs.uri(f"letters/{name}"), "label": {"class": number}, "other": 1}
        for number, name in enumerate(("d", "a"))
    ]
    manifest = "\n".join(map(json.dumps, lines))
    jobs.s3.put_object(Bucket=jobs.bucket, Key="manifest", Body=manifest.encode())
    source = jobs.channel(
        "manifest", S3DataType="AugmentedManifestFile", AttributeNames=["image-ref", "label"]
    )
    jobs.create(
        "augmented",
        READ_RECORDS,
        InputDataConfig=[{**source, "RecordWrapperType": "RecordIO"}],
        **PIPE,
    )
    jobs.wait("augmented", "Completed")

    assert printed(jobs, "augmented", "records") == [
        """[b'ddd', b'{"class": 0}', b'aaa', b'{"class": 1}']"""
    ]


def test_much_comes_through_a_pipe_and_a_reader_may_close_it_early(jobs: Account) -> None:
    body = bytes(range(256)) * 100_000
    jobs.s3.put_object(Bucket=jobs.bucket, Key="bulk/one", Body=body)
    jobs.create("much", READ_MUCH, InputDataConfig=[jobs.channel("bulk/")], **PIPE)
    jobs.wait("much", "Completed")

    digest, start = hashlib.sha256(body).hexdigest(), body[:5]
    assert printed(jobs, "much", "read") == [f"{digest} {start} {start}"]


def test_a_pipe_whose_object_goes_away_fails_the_job(jobs: Account) -> None:
    source = jobs.channel("manifest", S3DataType="AugmentedManifestFile", AttributeNames=["x-ref"])
    line = json.dumps({"x-ref": jobs.uri("letters/none")})
    jobs.s3.put_object(Bucket=jobs.bucket, Key="manifest", Body=line.encode())
    jobs.create(
        "gone",
        READ_RECORDS,
        InputDataConfig=[{**source, "RecordWrapperType": "RecordIO"}],
        **PIPE,
    )
    job = jobs.wait("gone", "Failed")

    assert job["FailureReason"].startswith(
        "ClientError: Data download failed for channel train: The specified key does not exist"
    )


def test_files_of_a_fast_channel_are_the_objects_own_and_stay_as_they_are(jobs: Account) -> None:
    body = b"x" * (20 << 20)
    jobs.s3.put_object(Bucket=jobs.bucket, Key="large/one", Body=body)
    script = (
        "import os, pathlib\n"
        "path = pathlib.Path(os.environ['SM_CHANNEL_TRAIN'], 'one')\n"
        "print('size', path.stat().st_size, 'names', path.stat().st_nlink)\n"
        "path.write_bytes(b'changed')\n"
        "print('now', path.read_bytes())\n"
    )
    fast = {**jobs.channel("large/"), "InputMode": "FastFile"}
    jobs.create("fast", script, InputDataConfig=[fast])
    jobs.wait("fast", "Completed")

    assert printed(jobs, "fast", "size") == [f"{20 << 20} names 2"]
    assert printed(jobs, "fast", "now") == ["b'changed'"]
    assert jobs.s3.get_object(Bucket=jobs.bucket, Key="large/one")["Body"].read() == body


def test_a_manifest_names_its_objects_and_compressed_ones_are_unpacked(jobs: Account) -> None:
    manifest = [{"prefix": jobs.uri("letters/")}, "a", "c"]
    jobs.s3.put_object(Bucket=jobs.bucket, Key="manifest", Body=json.dumps(manifest))
    two_members = gzip.compress(b"first,") + gzip.compress(bytes(8 << 20)) + bytes(512)
    jobs.s3.put_object(Bucket=jobs.bucket, Key="packed/one", Body=two_members)
    script = """
import os, pathlib
for name in ("TRAIN", "PACKED"):
    files = sorted(pathlib.Path(os.environ["SM_CHANNEL_" + name]).rglob("*"))
    print("files", [(path.name, path.read_bytes()[:6], path.stat().st_size) for path in files])
"""
    packed = {**jobs.channel("packed/"), "ChannelName": "packed", "CompressionType": "Gzip"}
    named = jobs.channel("manifest", S3DataType="ManifestFile")
    jobs.create("named", script, InputDataConfig=[named, packed])
    jobs.wait("named", "Completed")

    assert printed(jobs, "named", "files") == [
        "[('a', b'aaa', 3), ('c', b'ccc', 3)]",
        f"[('one', b'first,', {6 + (8 << 20)})]",
    ]


def test_a_compressed_file_that_breaks_off_fails_the_job(jobs: Account) -> None:
    whole = gzip.compress(b"12345" * 1000)
    jobs.s3.put_object(Bucket=jobs.bucket, Key="packed/one", Body=whole[:-10])
    packed = {**jobs.channel("packed/"), "CompressionType": "Gzip"}

    jobs.create("broken", "print('never')", InputDataConfig=[packed])

    assert jobs.wait("broken", "Failed")["FailureReason"] == (
        "ClientError: Data download failed for channel train: the compressed file breaks off"
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"InputMode": "FastFile", "CompressionType": "Gzip"}, "FastFile gives is not compressed"),
        ({"InputMode": "File", "RecordWrapperType": "RecordIO"}, "RecordIO wraps what comes"),
        (
            {
                "InputMode": "File",
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "AugmentedManifestFile",
                        "S3Uri": "s3://data/manifest",
                    }
                },
            },
            "an AugmentedManifestFile needs the input mode Pipe",
        ),
    ],
)
def test_modes_that_do_not_go_together_are_refused(
    jobs: Account, changes: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(ClientError, match=message):
        jobs.sagemaker.create_training_job(
            **{**jobs.request("refused"), "InputDataConfig": [{**jobs.channel(), **changes}]}
        )
