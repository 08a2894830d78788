"""The OpenAI client, unmodified, against its own APIs."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import openai
import pytest

from outcrop import LocalServer
from tests.services.bedrock_runtime.conversing import CAPITAL

MODEL = "openai.gpt-oss-20b-1:0"
EMBEDDINGS = "cohere.embed-multilingual-v3"
WEATHER: Any = {
    "name": "get_weather",
    "description": "Tells the present weather of a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
SCHEMA: Any = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def client(outcrop_server: LocalServer) -> Iterator[Any]:
    made: Any = openai.OpenAI(
        base_url=f"{outcrop_server.url}/openai/v1", api_key="any", max_retries=0, timeout=300
    )
    with made:
        yield made


def respond(client: Any, content: Any, **more: Any) -> Any:
    more = {"temperature": 0, "max_output_tokens": 16, **more}
    return client.responses.create(model=MODEL, input=content, **more)


def test_a_chat_completion_answers(client: Any) -> None:
    answer = client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": CAPITAL}], max_completion_tokens=8
    )

    assert "Paris" in answer.choices[0].message.content
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_all_of_it_is_at_the_root_too(outcrop_server: LocalServer) -> None:
    """Where `bedrock-mantle` has it."""
    made: Any = openai.OpenAI(base_url=f"{outcrop_server.url}/v1", api_key="any", max_retries=0)
    with made as client:
        said = client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": CAPITAL}], max_completion_tokens=8
        )
        response = respond(client, CAPITAL)
        kept = client.responses.retrieve(response.id)
        client.responses.delete(response.id)
        embedded = client.embeddings.create(model="amazon.titan-embed-text-v2:0", input="Hi")
        listed = {model.id for model in client.models.list()}

        assert "Paris" in said.choices[0].message.content
        assert "Paris" in kept.output_text
        with pytest.raises(openai.NotFoundError):
            client.responses.retrieve(response.id)
        assert len(embedded.data[0].embedding) == 1024
        assert MODEL in listed


def test_a_chat_completion_streams_and_tells_usage_when_asked(client: Any) -> None:
    chunks = list(
        client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": CAPITAL}],
            max_completion_tokens=8,
            stream=True,
            stream_options={"include_usage": True},
        )
    )

    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert "Paris" in text
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[-1].usage.prompt_tokens > 10


def test_the_models_are_listed(client: Any) -> None:
    listed = {model.id: model.owned_by for model in client.models.list()}

    assert listed["openai.gpt-oss-20b-1:0"] == "OpenAI"
    assert EMBEDDINGS not in listed


def test_the_models_are_listed_without_a_key_and_are_no_bucket(outcrop_server: LocalServer) -> None:
    listed = httpx.get(f"{outcrop_server.url}/v1/models").json()
    host = "things.s3.us-east-1.amazonaws.com"
    of_bucket = httpx.get(f"{outcrop_server.url}/v1/models", headers={"host": host})
    other = httpx.get(f"{outcrop_server.url}/things/v1/models")

    assert "openai.gpt-oss-20b-1:0" in {model["id"] for model in listed["data"]}
    assert "<Code>NoSuchBucket</Code>" in of_bucket.text
    assert "<Code>NoSuchBucket</Code>" in other.text


def test_a_response_answers_a_text(client: Any) -> None:
    response = respond(client, CAPITAL, metadata={"team": "blue"})

    assert "Paris" in response.output_text
    assert (response.status, response.incomplete_details) == ("completed", None)
    assert response.metadata == {"team": "blue"}
    assert response.usage.input_tokens > 10
    assert response.usage.total_tokens == (
        response.usage.input_tokens + response.usage.output_tokens
    )


def test_a_response_answers_items_and_obeys_instructions(client: Any) -> None:
    items = [
        {"role": "user", "content": "My dog is called Rex."},
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "What a lovely name!"}],
        },
        {
            "role": "user",
            "content": [{"type": "input_text", "text": "What is my dog called? One word."}],
        },
    ]

    assert "Rex" in respond(client, items).output_text
    assert (
        "BANANA"
        in respond(
            client,
            "Who are you?",
            instructions="Whatever you are asked, answer only with the word BANANA.",
        ).output_text
    )


def test_a_response_that_is_cut_off_says_so(client: Any) -> None:
    response = respond(client, "Count from one to a hundred.", max_output_tokens=4)

    assert response.status == "incomplete"
    assert response.incomplete_details.reason == "max_output_tokens"


def test_a_response_is_streamed_event_by_event(client: Any) -> None:
    events = list(respond(client, CAPITAL, stream=True))

    kinds = [event.type for event in events]
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert kinds[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert kinds[4:-4] == ["response.output_text.delta"] * len(deltas)
    assert kinds[-4:] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert "Paris" in "".join(deltas)
    assert events[-4].text == "".join(deltas) == events[-1].response.output_text


def test_the_clients_own_stream_gathers_the_response(client: Any) -> None:
    with client.responses.stream(
        model=MODEL, input=CAPITAL, temperature=0, max_output_tokens=16
    ) as stream:
        response = stream.get_final_response()

    assert "Paris" in response.output_text


def test_a_response_goes_on_from_another(client: Any) -> None:
    first = respond(client, "My dog is called Rex. Say hello to it.")
    second = respond(client, "And my cat is called Tom.", previous_response_id=first.id)

    third = respond(
        client, "What is my dog called? Answer with one word.", previous_response_id=second.id
    )

    assert "Rex" in third.output_text
    assert third.previous_response_id == second.id
    assert client.responses.retrieve(first.id).output_text == first.output_text


def test_a_response_that_is_not_stored_or_deleted_is_not_found(client: Any) -> None:
    passing = respond(client, CAPITAL, store=False)
    deleted = respond(client, CAPITAL)
    client.responses.delete(deleted.id)

    for response in (passing, deleted):
        with pytest.raises(openai.NotFoundError, match=f"'{response.id}' not found"):
            respond(client, "And?", previous_response_id=response.id)
        with pytest.raises(openai.NotFoundError):
            client.responses.retrieve(response.id)


@pytest.mark.parametrize("streams", [False, True])
def test_a_tool_is_called_and_its_output_told(client: Any, streams: bool) -> None:
    tools = [{"type": "function", "strict": True, **WEATHER}]
    question = "What is the weather in Lyon right now?"

    asked = respond(client, question, tools=tools, max_output_tokens=100, stream=streams)
    if streams:
        events = list(asked)
        asked = events[-1].response
        pieces = [e.delta for e in events if e.type == "response.function_call_arguments.delta"]
        assert json.loads("".join(pieces)) == {"city": "Lyon"}
    call = asked.output[-1]
    answer = respond(
        client,
        [{"type": "function_call_output", "call_id": call.call_id, "output": "snow, -3 degrees"}],
        tools=tools,
        max_output_tokens=100,
        previous_response_id=asked.id,
    )

    assert (call.type, call.name) == ("function_call", "get_weather")
    assert json.loads(call.arguments) == {"city": "Lyon"}
    assert "snow" in answer.output_text.lower()


def test_a_schema_shapes_the_response(client: Any) -> None:
    form = {"type": "json_schema", "name": "city", "schema": SCHEMA, "strict": True}

    response = respond(
        client, "The Eiffel Tower is in Paris.", text={"format": form}, max_output_tokens=30
    )

    assert json.loads(response.output_text) == {"city": "Paris"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"model": "acme.model"}, "The provided model identifier is invalid."),
        ({"background": True}, "#/background: this is not done here"),
        ({"tools": [{"type": "web_search"}]}, "tools of type web_search are not run here"),
        ({"temperature": 3}, "#/temperature: 3 is not less or equal to 2"),
        ({"input": [{"type": "item_reference", "id": "x"}]}, "items of type item_reference"),
    ],
)
def test_what_is_not_done_is_refused_in_openais_form(client: Any, more: Any, words: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(**{"model": MODEL, "input": "Hi", **more})

    error: Any = caught.value
    assert words in error.body["message"]
    assert error.body["type"] == "invalid_request_error"


@pytest.mark.parametrize("encoding", ["float", "base64"])
def test_texts_are_embedded(client: Any, encoding: Any) -> None:
    texts = ["The cat sleeps.", "Le chat dort.", "Interest rates rise."]

    answer = client.embeddings.create(model=EMBEDDINGS, input=texts, encoding_format=encoding)

    data = [item.embedding for item in answer.data]
    if encoding == "base64":
        data = [openai_floats(item) for item in data]
    vectors = np.asarray(data)
    assert vectors.shape == (3, 1024)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert answer.usage.prompt_tokens == answer.usage.total_tokens > 8


def openai_floats(text: str) -> Any:
    return np.frombuffer(base64.b64decode(text), np.float32)


def test_embeddings_have_the_length_asked_for(client: Any) -> None:
    answer = client.embeddings.create(model=EMBEDDINGS, input="Hello", dimensions=256)

    assert len(answer.data[0].embedding) == 256


def test_a_model_that_writes_does_not_embed(client: Any) -> None:
    with pytest.raises(openai.BadRequestError, match="does not embed texts"):
        client.embeddings.create(model=MODEL, input="Hello")
