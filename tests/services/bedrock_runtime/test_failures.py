"""How a model's failures are told: by each operation, in each form, before and within a stream."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import anthropic
import openai
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from outcrop import LocalServer
from tests.conftest import CHAT_MODEL
from tests.own_clients import client_of
from tests.services.bedrock_runtime.conversing import CAPITAL, GREEDY, said, user

SETTINGS = f"""
[chat.routes]
"mistral.*" = "{CHAT_MODEL}"
"*" = "failing"

[chat.weights."{CHAT_MODEL}"]
slots = 1
queue_length = 1

[[chat.scripted.failing.rules]]
user = "crowd"
error = "overloaded"

[[chat.scripted.failing.rules]]
user = "nobody"
error = "unavailable"

[[chat.scripted.failing.rules]]
user = "half"
text = "One two"
error = "failed"
error_message = "It broke."

[[chat.scripted.failing.rules]]
error = "failed"
error_message = "It broke."
"""
CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0"
CLIENTS = 6


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    folder = tmp_path_factory.mktemp("failing")
    file = folder / "outcrop.toml"
    file.write_text(SETTINGS)
    with LocalServer(folder / "data", settings={"OUTCROP_CONFIG": str(file)}).running() as running:
        yield running


@pytest.fixture(scope="module")
def failing(server: LocalServer) -> Any:
    return client_of(
        server,
        "bedrock-runtime",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=300),
    )


def asked(failing: Any, operation: str, words: str) -> Any:
    if operation.startswith("converse"):
        answer = getattr(failing, operation)(modelId=CLAUDE, messages=[user(words)])
        if "stream" not in answer:
            return answer
        with closing(answer["stream"]) as events:
            return list(events)
    body = json.dumps({"max_tokens": 9, "messages": [{"role": "user", "content": words}]})
    answer = getattr(failing, operation)(modelId=CLAUDE, body=body)
    with closing(answer["body"]) as events:
        return list(events)


OPERATIONS = ("converse", "converse_stream", "invoke_model", "invoke_model_with_response_stream")


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("words", "code", "status", "beginning"),
    [
        ("a crowd", "ThrottlingException", 429, "Too many requests, please wait before trying"),
        ("nobody", "ResourceNotFoundException", 404, "A rule of the script says so."),
        ("nothing", "ModelErrorException", 424, "It broke."),
    ],
)
def test_a_failure_before_the_first_word_is_an_error_of_the_operation(
    failing: Any, operation: str, words: str, code: str, status: int, beginning: str
) -> None:
    with pytest.raises(ClientError) as caught:
        asked(failing, operation, words)

    response: Any = caught.value.response
    assert response["Error"]["Code"] == code
    assert response["Error"]["Message"].startswith(beginning)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    headers = response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-outcrop-model"] == "failing"
    assert headers.get("retry-after") == ("1" if code == "ThrottlingException" else None)


@pytest.mark.parametrize("operation", ["converse_stream", "invoke_model_with_response_stream"])
def test_a_failure_within_a_stream_ends_it(failing: Any, operation: str) -> None:
    with pytest.raises(EventStreamError) as caught:
        asked(failing, operation, "only half")

    error: Any = caught.value.response["Error"]
    assert error == {"Code": "modelStreamErrorException", "Message": "It broke."}


@pytest.mark.parametrize("operation", ["converse", "invoke_model"])
def test_half_an_answer_is_none(failing: Any, operation: str) -> None:
    with pytest.raises(ClientError) as caught:
        asked(failing, operation, "only half")

    assert caught.value.response["Error"]["Code"] == "ModelErrorException"


def test_openais_client_sees_its_own_errors(server: LocalServer) -> None:
    client: Any = openai.OpenAI(
        base_url=f"{server.url}/openai/v1", api_key="any", max_retries=0, timeout=300
    )
    model = "openai.gpt-oss-20b-1:0"
    with client:
        with pytest.raises(openai.RateLimitError) as throttled:
            client.responses.create(model=model, input="a crowd")
        with pytest.raises(openai.InternalServerError, match="It broke"):
            client.responses.create(model=model, input="nothing")
        events = list(client.responses.create(model=model, input="only half", stream=True))
        half = client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": "only half"}], stream=True
        )
        with pytest.raises(openai.APIError, match="It broke"):
            list(half)

    assert throttled.value.response.headers["retry-after"] == "1"
    assert events[-1].type == "response.failed"
    assert events[-1].response.error.message == "It broke."
    assert [event.sequence_number for event in events] == list(range(len(events)))


def test_anthropics_client_sees_its_own_errors(server: LocalServer) -> None:
    client: Any = anthropic.Anthropic(
        api_key="any", base_url=f"{server.url}/anthropic", max_retries=0, timeout=300
    )

    def ask(words: str, **more: Any) -> Any:
        turns: Any = [{"role": "user", "content": words}]
        return client.messages.create(model=CLAUDE, max_tokens=9, messages=turns, **more)

    with client:
        with pytest.raises(anthropic.RateLimitError) as throttled:
            ask("a crowd")
        with pytest.raises(anthropic.APIStatusError, match="It broke"):
            list(ask("only half", stream=True))

    assert throttled.value.response.headers["retry-after"] == "1"


def test_a_full_queue_throttles_whoever_comes_next_and_answers_the_others(failing: Any) -> None:
    def answered(_: int) -> tuple[str, int]:
        try:
            answer = failing.converse(
                modelId="mistral.mixtral-8x7b-instruct-v0:1",
                messages=[user(CAPITAL)],
                inferenceConfig=GREEDY,
            )
        except ClientError as error:
            response: Any = error.response
            wait = response["ResponseMetadata"]["HTTPHeaders"]["retry-after"]
            return response["Error"]["Code"], int(wait)
        return said(answer), 0

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(answered, range(CLIENTS)))

    throttled = [wait for words, wait in answers if words == "ThrottlingException"]
    assert 1 <= len(throttled) <= CLIENTS - 2
    assert all(wait >= 1 for wait in throttled)
    assert all("Paris" in words for words, wait in answers if not wait)
