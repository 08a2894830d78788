"""JumpStart's public bucket: made of Outcrop's own catalogue when somebody asks for it."""

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from outcrop import LocalServer

BUCKET = "jumpstart-cache-prod-eu-west-3"
MODEL = "huggingface-llm-qwen2-5-coder-0-5b-instruct"


def read(s3: Any, key: str, bucket: str = BUCKET) -> bytes:
    body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def test_everybody_reads_manifest_and_specifications(client: Callable[..., Any]) -> None:
    s3 = client("s3", config=Config(signature_version=UNSIGNED))

    headers = json.loads(read(s3, "models_manifest.json"))
    (header,) = (one for one in headers if one["model_id"] == MODEL)
    spec = json.loads(read(s3, header["spec_key"]))

    assert header == {
        "model_id": MODEL,
        "version": "1.0.0",
        "min_version": "2.189.0",
        "spec_key": f"community_models/{MODEL}/specs_v1.0.0.json",
    }
    images = spec["hosting_instance_type_variants"]["regional_aliases"]["eu-west-3"]
    assert "dkr.ecr.eu-west-3.amazonaws.com/huggingface-pytorch-tgi-inference" in images["image"]
    assert [one["default"] for one in spec["inference_environment_variables"]] == [
        "Qwen/Qwen2.5-Coder-0.5B-Instruct"
    ]
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=spec["hosting_artifact_key"])
    assert [one["Key"] for one in listed["Contents"]] == [
        spec["hosting_artifact_key"] + "README.md"
    ]


def test_scripts_of_models_that_users_train_are_archives(client: Callable[..., Any]) -> None:
    s3 = client("s3")
    key = "community_models/sklearn-regression-linear/specs_v1.0.0.json"
    spec = json.loads(read(s3, key))

    with tarfile.open(fileobj=io.BytesIO(read(s3, spec["training_script_key"]))) as archive:
        script = archive.extractfile("transfer_learning.py")
        assert script is not None
        text = script.read().decode()

    assert 'KIND: str = "regression"' in text
    compile(text, "transfer_learning.py", "exec")
    rows = read(s3, spec["default_training_dataset_key"] + "data.csv").decode().splitlines()
    assert (len(rows), len(rows[0].split(","))) == (400, 5)


def test_nobody_changes_the_bucket_or_owns_it(client: Callable[..., Any]) -> None:
    s3 = client("s3")
    read(s3, "models_manifest.json")

    for refused in (
        lambda: s3.put_object(Bucket=BUCKET, Key="models_manifest.json", Body=b"[]"),
        lambda: s3.delete_object(Bucket=BUCKET, Key="models_manifest.json"),
        lambda: s3.delete_bucket(Bucket=BUCKET),
    ):
        with pytest.raises(ClientError) as caught:
            refused()
        assert caught.value.response["Error"]["Code"] == "AccessDenied"
    assert BUCKET not in [one["Name"] for one in s3.list_buckets()["Buckets"]]


@pytest.mark.parametrize("name", ["jumpstart-cache-prod-nowhere", "jumpstart-private-cache-prod"])
def test_other_names_are_nobodys(client: Callable[..., Any], name: str) -> None:
    with pytest.raises(ClientError) as caught:
        client("s3").get_object(Bucket=name, Key="models_manifest.json")

    assert caught.value.response["Error"]["Code"] == "NoSuchBucket"


def test_the_bucket_is_there_after_a_restart(tmp_path: Path) -> None:
    def manifest(server: LocalServer) -> bytes:
        s3 = boto3.client(
            "s3",
            endpoint_url=server.url,
            region_name="us-east-1",
            config=Config(signature_version=UNSIGNED),
        )
        return read(s3, "models_manifest.json", "jumpstart-cache-prod-us-east-1")

    with LocalServer(tmp_path).running() as server:
        first = manifest(server)
        server.kill()
    with LocalServer(tmp_path).running() as server:
        assert manifest(server) == first
