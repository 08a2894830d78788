"""How long answers take whose length the request leaves open: `[bedrock] answer_seconds`."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.bedrock_runtime.conversing import MODEL, said, told, user
from tests.services.bedrock_runtime.invoking import invoke

WORDS = 12
SETTINGS = f"""
[bedrock]
answer_seconds = 0.5

[chat.routes]
"*" = "slow"

[[chat.scripted.slow.rules]]
user = "as JSON"
text = '{{{{"n": [{", ".join("1" * WORDS)}]}}}}'
word_delay_seconds = 0.1

[[chat.scripted.slow.rules]]
text = "{" ".join(["word"] * WORDS)}"
word_delay_seconds = 0.1
"""
TITAN = "amazon.titan-text-express-v1"
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    folder = tmp_path_factory.mktemp("slow")
    file = folder / "outcrop.toml"
    file.write_text(SETTINGS)
    with LocalServer(folder / "data", settings={"OUTCROP_CONFIG": str(file)}).running() as running:
        yield running


@pytest.fixture(scope="module")
def slow(server: LocalServer) -> Any:
    return client_of(server, "bedrock-runtime")


def ask(slow: Any, text: str = "Talk.", **more: Any) -> Any:
    return slow.converse(modelId=MODEL, messages=[user(text)], **more)


def test_an_answer_of_no_given_length_ends_with_its_time(slow: Any) -> None:
    answer = ask(slow)

    assert answer["stopReason"] == "max_tokens"
    assert 1 <= len(said(answer).split()) < WORDS
    assert answer["usage"]["outputTokens"] == len(said(answer).split())


def test_a_length_that_is_given_is_kept_to(slow: Any) -> None:
    answer = ask(slow, inferenceConfig={"maxTokens": 100})

    assert answer["stopReason"] == "end_turn"
    assert len(said(answer).split()) == WORDS


def test_a_stream_takes_as_long_as_it_takes(slow: Any) -> None:
    answer = slow.converse_stream(modelId=MODEL, messages=[user("Talk.")])

    assert len(told(list(answer["stream"])).split()) == WORDS


def test_json_is_brought_to_its_end(slow: Any) -> None:
    schema = {"name": "numbers", "schema": json.dumps({"type": "object"})}
    form = {"type": "json_schema", "structure": {"jsonSchema": schema}}

    answer = ask(slow, "Numbers as JSON.", outputConfig={"textFormat": form})

    assert json.loads(said(answer)) == {"n": [1] * WORDS}


@pytest.mark.parametrize(
    ("model_id", "body", "reason"),
    [
        (MODEL, {"messages": [{"role": "user", "content": "Talk."}]}, "max_tokens"),
        (TITAN, {"inputText": "Talk."}, "LENGTH"),
        (
            "openai.gpt-oss-20b-1:0",
            {"messages": [{"role": "user", "content": "Talk."}]},
            "length",
        ),
    ],
)
def test_each_family_says_so_in_its_own_words(
    slow: Any, model_id: str, body: Any, reason: str
) -> None:
    answer = invoke(slow, model_id, body)

    reasons = {
        "max_tokens": lambda: answer["stop_reason"],
        "LENGTH": lambda: answer["results"][0]["completionReason"],
        "length": lambda: answer["choices"][0]["finish_reason"],
    }
    assert reasons[reason]() == reason


def test_what_nobody_waits_for_takes_as_long_as_it_takes(server: LocalServer, slow: Any) -> None:
    s3 = client_of(server, "s3")
    s3.create_bucket(Bucket="answers")
    arn = slow.start_async_invoke(
        modelId=TITAN,
        modelInput={"inputText": "Talk."},
        outputDataConfig={"s3OutputDataConfig": {"s3Uri": "s3://answers/"}},
    )["invocationArn"]

    deadline = time.monotonic() + PATIENCE_SECONDS
    while slow.get_async_invoke(invocationArn=arn)["status"] == "InProgress":
        assert time.monotonic() < deadline
        time.sleep(0.1)

    key = f"{arn.rpartition('/')[2]}/output.json"
    answer = json.loads(s3.get_object(Bucket="answers", Key=key)["Body"].read())
    assert answer["results"][0]["completionReason"] == "FINISH"
