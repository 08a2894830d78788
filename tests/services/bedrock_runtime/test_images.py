"""Pictures in every form that takes them, as they reach models that see and models that do not."""

import base64
import io
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from PIL import Image

from outcrop import LocalServer
from tests.engines.chat_servers import Answer, Asked, StandIn, sse
from tests.services.bedrock_runtime.conversing import WEATHER, assistant, user
from tests.services.bedrock_runtime.invoking import invoke, refused_body
from tests.services.bedrock_runtime.servers import runtime_of

SETTINGS = """
[chat.routes]
"*-blind" = "blind"
"*" = "eyes"

[chat.openai.eyes]
url = "{url}/v1"
model = "eyes"
sees_images = true

[chat.openai.blind]
url = "{url}/v1"
model = "blind"
"""
CLAUDE = "anthropic.claude-3-5-sonnet"
LLAMA = "meta.llama3-2-11b-instruct"
NOVA = "amazon.nova-lite"
PIXTRAL = "mistral.pixtral-large"


def picture(kind: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(content, kind)
    return content.getvalue()


PNG = picture("PNG")
IN_BASE64 = base64.b64encode(PNG).decode()
SEEN = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{IN_BASE64}"}}
ASKED = {"type": "text", "text": "What is it?"}
BLIND = "blind is not set up to see images."


def answers(_: Asked) -> Answer:
    delta = {"index": 0, "delta": {"content": "A square."}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 5, "completion_tokens": 3}
    return Answer(chunks=sse({"choices": [delta]}, {"choices": [], "usage": usage}, "[DONE]"))


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn(answers).running() as running:
        yield running


@pytest.fixture(scope="module")
def seeing(upstream: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("seeing")
    file = folder / "outcrop.toml"
    file.write_text(SETTINGS.format(url=upstream.url))
    settings = {"OUTCROP_CONFIG": str(file)}
    with LocalServer(folder / "data", settings=settings).running() as server:
        yield runtime_of(server)


def turn(*content: Mapping[str, Any]) -> list[Any]:
    return [{"role": "user", "content": list(content)}]


LLAMA_TEMPLATE = (
    "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n"
    "<|image|>What is it?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
)
FORMS: list[Any] = [
    pytest.param(LLAMA, {"prompt": LLAMA_TEMPLATE, "images": [IN_BASE64]}, id="llama"),
    pytest.param(LLAMA, {"prompt": "What is it?", "images": [IN_BASE64]}, id="llama, unmarked"),
    pytest.param(
        NOVA,
        {
            "messages": turn(
                {"image": {"format": "png", "source": {"bytes": IN_BASE64}}},
                {"text": "What is it?"},
            )
        },
        id="nova",
    ),
    pytest.param(PIXTRAL, {"messages": turn(SEEN, ASKED)}, id="pixtral"),
    pytest.param(
        PIXTRAL,
        {"messages": turn({**SEEN, "image_url": SEEN["image_url"]["url"]}, ASKED)},  # type: ignore[index]
        id="pixtral, a bare URL",
    ),
    pytest.param(
        CLAUDE,
        {
            "messages": turn(
                {
                    "type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": IN_BASE64},
                },
                ASKED,
            )
        },
        id="claude",
    ),
]


@pytest.mark.parametrize(("model_id", "body"), FORMS)
def test_a_model_that_sees_is_shown_the_picture(
    seeing: Any, upstream: StandIn, model_id: str, body: Any
) -> None:
    answer = invoke(seeing, model_id, body)

    assert "A square." in str(answer)
    assert upstream.asked[-1].body["messages"] == [{"role": "user", "content": [SEEN, ASKED]}]


@pytest.mark.parametrize(("model_id", "body"), FORMS)
def test_a_model_that_does_not_see_says_so(seeing: Any, model_id: str, body: Any) -> None:
    assert refused_body(seeing, f"{model_id}-blind", body) == BLIND


@pytest.mark.parametrize("kind", ["jpeg", "gif", "webp"])
def test_llama_s_pictures_are_known_by_their_bytes(
    seeing: Any, upstream: StandIn, kind: str
) -> None:
    content = base64.b64encode(picture(kind.upper())).decode()

    invoke(seeing, LLAMA, {"prompt": "What is it?", "images": [content]})

    [shown, _] = upstream.asked[-1].body["messages"][0]["content"]
    assert shown["image_url"]["url"] == f"data:image/{kind};base64,{content}"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"images": ["!"]}, "not base64"),
        ({"images": ["YWJj"]}, "neither a PNG, a JPEG, a GIF nor a WebP image"),
        (
            {"prompt": "<|image|><|image|>?", "images": [IN_BASE64]},
            "expected 2 items, as the prompt marks, found: 1",
        ),
    ],
)
def test_llama_s_pictures_that_are_none_are_refused(seeing: Any, body: Any, problem: str) -> None:
    assert refused_body(seeing, LLAMA, {"prompt": "What is it?", **body}) == (
        f"Malformed input request: #/images: {problem}, please reformat your input and try again."
    )


def result(model_id: str, seeing: Any) -> None:
    """Send a tool's result that is a picture, in the form of Converse."""
    shown = {"image": {"format": "png", "source": {"bytes": PNG}}}
    use = {"toolUseId": "t1", "name": "get_weather", "input": {"city": "Lyon"}}
    seeing.converse(
        modelId=model_id,
        messages=[
            user("How is the weather?"),
            assistant({"toolUse": use}),
            user({"toolResult": {"toolUseId": "t1", "content": [{"text": "As shown."}, shown]}}),
        ],
        toolConfig=WEATHER,
    )


def native_result(model_id: str, seeing: Any) -> None:
    """Send the same in the form of Anthropic."""
    source = {"type": "base64", "media_type": "image/png", "data": IN_BASE64}
    content = [{"type": "text", "text": "As shown."}, {"type": "image", "source": source}]
    use = {"type": "tool_use", "id": "t1", "name": "get_weather", "input": {"city": "Lyon"}}
    told = {"type": "tool_result", "tool_use_id": "t1", "content": content}
    messages = [
        {"role": "user", "content": "How is the weather?"},
        {"role": "assistant", "content": [use]},
        {"role": "user", "content": [told]},
    ]
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    tools = [{"name": "get_weather", "input_schema": schema}]
    invoke(seeing, model_id, {"messages": messages, "tools": tools})


@pytest.mark.parametrize("send", [result, native_result])
def test_a_tool_may_show_a_picture(seeing: Any, upstream: StandIn, send: Any) -> None:
    send(CLAUDE, seeing)

    assert upstream.asked[-1].body["messages"][-2:] == [
        {"role": "tool", "tool_call_id": "t1", "content": "As shown."},
        {"role": "user", "content": [SEEN]},
    ]
    with pytest.raises(seeing.exceptions.ValidationException, match=BLIND):
        send(f"{CLAUDE}-blind", seeing)
