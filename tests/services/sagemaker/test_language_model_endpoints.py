"""Endpoints of language models at their bounds: restarts, time, places; a script speaks."""

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.sagemaker.endpoint_account import EndpointAccount
from tests.services.sagemaker.test_language_models import TGI

LONGEST_SECONDS = 18
"""That an endless answer takes."""
ACCOUNT = "123456789012"
SCRIPT = """
[chat.routes]
"acme/*" = "parrot"
"*" = "parrot"

[[chat.scripted.parrot.rules]]
user = "slow"
text = "one two three four five"
word_delay_seconds = 0.5

[[chat.scripted.parrot.rules]]
user = "endless"
text = "one two three four five six seven eight nine ten"
word_delay_seconds = 2

[[chat.scripted.parrot.rules]]
user = "break"
text = "one two"
error = "failed"

[[chat.scripted.parrot.rules]]
user = "busy"
error = "overloaded"

[[chat.scripted.parrot.rules]]
text = "Hello there"
"""


def user(server: LocalServer) -> EndpointAccount:
    once = Config(retries={"total_max_attempts": 1})
    return EndpointAccount(partial(client_of, server, config=once), ACCOUNT)


def started(folder: Path) -> LocalServer:
    (folder / "outcrop.toml").write_text(SCRIPT, encoding="utf-8")
    return LocalServer(folder, settings={"OUTCROP_CONFIG": str(folder / "outcrop.toml")})


@pytest.fixture(scope="module")
def parrot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EndpointAccount]:
    with started(tmp_path_factory.mktemp("parrot")).running() as server:
        account = user(server)
        deploy(account, "parrot", MAX_CONCURRENT_REQUESTS="1")
        yield account


def deploy(account: EndpointAccount, name: str, *, waits: bool = True, **more: str) -> None:
    account.sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/server",
        PrimaryContainer={
            "Image": TGI,
            "Environment": {"HF_MODEL_ID": "acme/parrot-9b", **more},
        },
    )
    account.configure(name, {"ModelName": name})
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    if waits:
        account.wait(name)


def asked(text: str, **more: Any) -> dict[str, Any]:
    return {"inputs": text, "parameters": {"return_full_text": False}, **more}


def refused(account: EndpointAccount, text: str) -> Any:
    with pytest.raises(ClientError) as caught:
        account.ask("parrot", asked(text))
    return caught.value.response


def begun(account: EndpointAccount, text: str) -> tuple[Any, Iterator[Any]]:
    """Ask for a stream and wait for its first event: the request holds its place then."""
    body = account.runtime.invoke_endpoint_with_response_stream(
        EndpointName="parrot", Body=json.dumps(asked(text, stream=True))
    )["Body"]
    events = iter(body)
    next(events)
    return body, events


def is_refused(account: EndpointAccount) -> bool:
    try:
        account.ask("parrot", asked("hello"))
    except ClientError as error:
        return error.response["Error"]["Code"] == "ThrottlingException"
    return False


def test_a_second_request_at_a_time_is_one_too_many(parrot: EndpointAccount) -> None:
    _, events = begun(parrot, "slow")

    assert is_refused(parrot)
    assert len(list(events)) == 4
    assert parrot.ask("parrot", asked("hello")) == [{"generated_text": "Hello there"}]


def test_an_engine_that_is_overloaded_throttles(parrot: EndpointAccount) -> None:
    assert refused(parrot, "busy")["Error"]["Code"] == "ThrottlingException"


def test_an_answer_that_breaks_off_is_an_error_of_the_container(parrot: EndpointAccount) -> None:
    answer = refused(parrot, "break")

    assert answer["OriginalStatusCode"] == 424
    assert json.loads(answer["OriginalMessage"])["error_type"] == "generation"


def test_a_stream_that_breaks_off_ends_with_the_error(parrot: EndpointAccount) -> None:
    answer = parrot.runtime.invoke_endpoint_with_response_stream(
        EndpointName="parrot", Body=json.dumps(asked("break", stream=True))
    )

    said = b"".join(event["PayloadPart"]["Bytes"] for event in answer["Body"]).decode()

    *_, last = [json.loads(event[5:]) for event in said.split("\n\n")[:-1]]
    assert last["error_type"] == "generation"


def test_who_hangs_up_gives_the_place_free(parrot: EndpointAccount) -> None:
    began = time.monotonic()
    body, _ = begun(parrot, "endless")
    body.close()

    parrot.until(lambda: not is_refused(parrot))

    assert time.monotonic() - began < LONGEST_SECONDS / 2


def test_an_endpoint_answers_after_the_server_was_killed(tmp_path: Path) -> None:
    first = started(tmp_path)
    with first.running():
        deploy(user(first), "kept")
        deploy(user(first), "begun", waits=False)
        first.kill()

    with started(tmp_path).running() as second:
        account = user(second)
        account.wait("begun")
        answers = [account.ask(name, asked("hello")) for name in ("kept", "begun")]

    assert answers == [[{"generated_text": "Hello there"}]] * 2
