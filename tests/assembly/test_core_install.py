"""What `pip install outcrop` without extras answers: all that needs none, and else the remedy."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from outcrop import LocalServer
from tests.services.direct import error_of

EXTRAS = (
    "asyncpg",
    "boto3",
    "bs4",
    "defusedxml",
    "docx",
    "numpy",
    "onnxruntime",
    "openpyxl",
    "pypdf",
    "tokenizers",
    "xllamacpp",
)
"""The modules that the extras bring; boto3 is the client's here, not the server's."""
WITHOUT_EXTRAS = f"import sys\nsys.modules.update(dict.fromkeys({EXTRAS!r}))\n"
QUESTION = {"text": "Hello"}
PDF = {"document": {"format": "pdf", "name": "one", "source": {"bytes": b"%PDF-1.4"}}}
EMBEDDING = json.dumps({"inputText": "Hello"})


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    folder = tmp_path_factory.mktemp("core")
    (folder / "sitecustomize.py").write_text(WITHOUT_EXTRAS, encoding="utf-8")
    with LocalServer(folder / "data", settings={"PYTHONPATH": str(folder)}).running() as server:
        yield server


@pytest.fixture
def client(core: LocalServer) -> Callable[[str], Any]:
    def make(service: Any) -> Any:
        return boto3.client(
            service,
            endpoint_url=core.url,
            region_name="us-east-1",
            aws_access_key_id="outcrop",
            aws_secret_access_key="outcrop",
            config=Config(retries={"total_max_attempts": 1}),
        )

    return make


def test_what_needs_no_extra_is_answered(client: Callable[[str], Any]) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="cat", Body=b"meow")

    assert s3.get_object(Bucket="photos", Key="cat")["Body"].read() == b"meow"
    assert client("sts").get_caller_identity()["Account"] == "123456789012"
    assert client("bedrock").list_foundation_models()["modelSummaries"]


def test_chat_names_its_extra(client: Callable[[str], Any]) -> None:
    messages = [{"role": "user", "content": [QUESTION]}]
    converse = client("bedrock-runtime").converse

    assert error_of(converse, modelId="amazon.nova-lite-v1:0", messages=messages) == {
        "Code": "ResourceNotFoundException",
        "Message": "Models are run here by llama.cpp: `pip install 'outcrop[chat]'`.",
    }


def test_embeddings_name_their_extra(client: Callable[[str], Any]) -> None:
    invoke_model = client("bedrock-runtime").invoke_model

    assert error_of(invoke_model, modelId="amazon.titan-embed-text-v2:0", body=EMBEDDING) == {
        "Code": "ResourceNotFoundException",
        "Message": "Embeddings need `pip install 'outcrop[embeddings]'`.",
    }


def test_documents_name_their_extra(client: Callable[[str], Any]) -> None:
    messages = [{"role": "user", "content": [QUESTION, PDF]}]
    converse = client("bedrock-runtime").converse

    assert error_of(converse, modelId="amazon.nova-lite-v1:0", messages=messages) == {
        "Code": "ServiceUnavailableException",
        "Message": "bs4 is not installed: run `pip install 'outcrop[documents]'`.",
    }
