"""What services ask one another through the gateway."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from outcrop.aws.errors import SerializationError, ValidationError
from outcrop.aws.session_tokens import SessionTokens
from outcrop.gateway.authentication import AuthenticationSettings, Authenticator
from outcrop.gateway.faults import Faults
from outcrop.gateway.gateway import Gateway
from outcrop.gateway.registry import ServiceRegistry
from outcrop.gateway.settings import FaultSettings, GatewaySettings
from outcrop.operations import Backends
from outcrop.operations.background import call_without_request
from outcrop.storage.records.sqlite import SqliteRecordStore
from tests.services.direct import ACCOUNT

pytestmark = pytest.mark.anyio


@pytest.fixture
async def backends(tmp_path: Path) -> AsyncIterator[Backends]:
    """What the gateway gives its handlers."""
    nothing = cast("Any", None)
    records = await SqliteRecordStore.open(tmp_path / "records.sqlite")
    gateway = Gateway(
        GatewaySettings(),
        registry=ServiceRegistry(),
        authenticator=Authenticator(
            AuthenticationSettings(), session_tokens=SessionTokens(b"secret" * 8)
        ),
        backends=Backends(
            records=records, blobs=nothing, engines=nothing, jobs=nothing, ask=nothing
        ),
        faults=Faults(FaultSettings()),
    )
    yield gateway.backends
    await records.close()


async def test_a_caller_s_document_is_read_as_an_operation_s_input(backends: Backends) -> None:
    document = {
        "modelId": "meta.llama3-8b-instruct-v1:0",
        "messages": [
            {
                "role": "user",
                "content": [{"image": {"format": "png", "source": {"bytes": "iVBORw=="}}}],
            }
        ],
        "unknown": None,
    }

    read = backends.read_input("bedrock-runtime", "Converse", document)
    again = backends.read_input("bedrock-runtime", "Converse", document)

    assert read == again
    assert read == {
        "modelId": "meta.llama3-8b-instruct-v1:0",
        "messages": [
            {
                "role": "user",
                "content": [{"image": {"format": "png", "source": {"bytes": b"\x89PNG"}}}],
            }
        ],
    }


async def test_a_document_that_breaks_the_model_is_refused(backends: Backends) -> None:
    with pytest.raises(SerializationError):
        backends.read_input("bedrock-runtime", "Converse", {"messages": 3})
    with pytest.raises(ValidationError, match="'modelId' failed to satisfy constraint"):
        backends.read_input("bedrock-runtime", "Converse", {"messages": []})


async def test_an_operation_without_input_reads_nothing(backends: Backends) -> None:
    assert backends.read_input("s3", "ListDirectoryBuckets", {}) == {}
    assert backends.read_input("iam", "GetAccountSummary", {"any": 1}) == {}


async def test_headers_belong_to_the_request_from_outside(backends: Backends) -> None:
    call = call_without_request(
        backends, service="bedrock", operation="Any", account=ACCOUNT, region="us-east-1"
    )
    await call.ask("s3", "CreateBucket", Bucket="bucket")
    outer = replace(call, headers={"x-amz-decoded-content-length": "17"})

    await outer.objects.write("bucket", "key", b"five!")

    assert await outer.objects.read("bucket", "key") == b"five!"
    assert outer.answer_headers == {}
