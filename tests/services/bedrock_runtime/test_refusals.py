"""Bodies and ids that are refused, in the words of Bedrock and of the vendors."""

from typing import Any

import httpx
import pytest

from outcrop import LocalServer
from tests.services.bedrock_runtime.invoking import refusal, refused_body

CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0"
LLAMA = "meta.llama3-8b-instruct-v1:0"
TITAN = "amazon.titan-text-express-v1"
HI = [{"role": "user", "content": "Hi"}]
INVALID_ID = "The provided model identifier is invalid."


def malformed(problem: str) -> str:
    return f"Malformed input request: {problem}, please reformat your input and try again."


@pytest.mark.parametrize("body", [b"", b"{", b"{'a': 1}", b'{"a": NaN}', rb'{"prompt": "\ud800"}'])
def test_a_body_that_is_no_json_is_refused(runtime: Any, body: bytes) -> None:
    words = refusal(runtime.invoke_model, modelId=LLAMA, body=body)

    assert words == "Malformed input request, please reformat your input and try again."


def test_a_body_that_is_no_object_is_refused(runtime: Any) -> None:
    assert refused_body(runtime, LLAMA, ["prompt"]) == malformed(
        "#: expected type: JSONObject, found: JSONArray"
    )


@pytest.mark.parametrize(
    "model_id",
    [
        "acme.model-v1",
        "claude",
        "amazon.titan-image-generator-v1",
        "arn:aws:bedrock:us-east-1::foundation-model/acme.model-v1",
        "arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl",
    ],
)
def test_an_unknown_model_is_refused_by_every_operation(runtime: Any, model_id: str) -> None:
    conversation = [{"role": "user", "content": [{"text": "Hi"}]}]

    assert refusal(runtime.invoke_model, modelId=model_id, body=b"{}") == INVALID_ID
    assert (
        refusal(runtime.invoke_model_with_response_stream, modelId=model_id, body=b"{}")
        == INVALID_ID
    )
    assert refusal(runtime.converse, modelId=model_id, messages=conversation) == INVALID_ID
    assert (
        refusal(
            runtime.count_tokens,
            modelId=model_id,
            input={"converse": {"messages": conversation}},
        )
        == INVALID_ID
    )


@pytest.mark.parametrize("model_id", ["ai21.j2-mid-v1", "amazon.titan-embed-text-v2:0"])
def test_what_never_streamed_is_not_streamed(runtime: Any, model_id: str) -> None:
    words = refusal(
        runtime.invoke_model_with_response_stream, modelId=model_id, body=b'{"prompt": "Hi"}'
    )

    assert words == "The model is unsupported for streaming"


@pytest.mark.parametrize(
    ("model_id", "body", "words"),
    [
        (LLAMA, {}, malformed("#: required key [prompt] not found")),
        (LLAMA, {"prompt": 5}, malformed("#/prompt: expected type: String, found: Integer")),
        (
            LLAMA,
            {"prompt": "Hi", "temperature": 1.5},
            malformed("#/temperature: 1.5 is not less or equal to 1"),
        ),
        (
            LLAMA,
            {"prompt": "Hi", "max_gen_len": 0},
            malformed("#/max_gen_len: 0 is not greater or equal to 1"),
        ),
        (
            LLAMA,
            {"prompt": "Hi", "top_p": "much"},
            malformed("#/top_p: expected type: Number, found: String"),
        ),
        (
            "mistral.mistral-7b-instruct-v0:2",
            {"prompt": "Hi", "max_tokens": 2.5},
            malformed("#/max_tokens: expected type: Integer, found: BigDecimal"),
        ),
        (
            "mistral.mistral-7b-instruct-v0:2",
            {"prompt": "Hi", "stop": ["a", None]},
            malformed("#/stop/1: expected type: String, found: Null"),
        ),
        (TITAN, {"prompt": "Hi"}, malformed("#: required key [inputText] not found")),
        (
            TITAN,
            {"inputText": "Hi", "textGenerationConfig": {"topP": True}},
            malformed("#/textGenerationConfig/topP: expected type: Number, found: Boolean"),
        ),
        (
            TITAN,
            {"inputText": "Hi", "textGenerationConfig": []},
            malformed("#/textGenerationConfig: expected type: JSONObject, found: JSONArray"),
        ),
        ("amazon.nova-micro-v1:0", {}, malformed("#: required key [messages] not found")),
        (
            "amazon.nova-micro-v1:0",
            {"messages": [{"role": "user"}]},
            malformed("#/messages/0: required key [content] not found"),
        ),
        (
            "amazon.nova-micro-v1:0",
            {"messages": [{"role": "robot", "content": [{"text": "Hi"}]}]},
            malformed("#/messages/0/role: robot is not a valid enum value"),
        ),
        ("cohere.command-text-v14", {}, malformed("#: required key [prompt] not found")),
        (
            "cohere.command-text-v14",
            {"prompt": "Hi", "num_generations": 2},
            malformed("#/num_generations: only one generation is given here"),
        ),
        ("cohere.command-r-v1:0", {}, malformed("#: required key [message] not found")),
        ("ai21.j2-ultra-v1", {}, malformed("#: required key [prompt] not found")),
        (
            "ai21.j2-ultra-v1",
            {"prompt": "Hi", "maxTokens": 9000},
            malformed("#/maxTokens: 9000 is not less or equal to 8191"),
        ),
        ("ai21.jamba-1-5-mini-v1:0", {}, malformed("#: required key [messages] not found")),
        ("deepseek.r1-v1:0", {}, malformed("#: required key [prompt] not found")),
        (
            "openai.gpt-oss-120b-1:0",
            {"messages": [{"role": "oracle", "content": "Hi"}]},
            malformed("#/messages/0/role: oracle is not a valid enum value"),
        ),
        (
            "openai.gpt-oss-120b-1:0",
            {"messages": HI, "n": 2},
            malformed("#/n: only one choice is given here"),
        ),
        (
            "amazon.titan-embed-text-v1",
            {},
            malformed("#: required key [inputText] not found"),
        ),
        (
            "amazon.titan-embed-text-v2:0",
            {"inputText": "Hi", "dimensions": 300},
            malformed("#/dimensions: 300 is not a valid enum value"),
        ),
        (
            "amazon.titan-embed-text-v2:0",
            {"inputText": " "},
            malformed("#/inputText: expected minLength: 1, actual: 0"),
        ),
        (
            "cohere.embed-multilingual-v3",
            {"texts": ["Hi"]},
            malformed("#: required key [input_type] not found"),
        ),
        (
            "cohere.embed-multilingual-v3",
            {"texts": ["Hi"], "input_type": "poem"},
            malformed("#/input_type: poem is not a valid enum value"),
        ),
        (CLAUDE, {}, "messages: Field required"),
        (CLAUDE, {"messages": "Hi"}, "messages: Input should be a valid list"),
        (
            CLAUDE,
            {"messages": [{"role": "system", "content": "Hi"}]},
            "messages.0.role: Input should be 'user' or 'assistant'",
        ),
        (CLAUDE, {"messages": [{"role": "user"}]}, "messages.0.content: Field required"),
        (
            CLAUDE,
            {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
            "messages.0.content.0.text: Field required",
        ),
        (CLAUDE, {"messages": HI, "temperature": 1.5}, "temperature: range: 0..1"),
        (
            CLAUDE,
            {"messages": HI, "max_tokens": 0},
            "max_tokens: Input should be greater than or equal to 1",
        ),
        (
            CLAUDE,
            {"messages": HI, "max_tokens": "10"},
            "max_tokens: Input should be a valid integer",
        ),
        (
            CLAUDE,
            {"messages": HI, "tools": [{"name": "f"}]},
            "tools.0.input_schema: Field required",
        ),
        (
            CLAUDE,
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {
                                "type": "image",
                                "source": {"media_type": "image/png", "data": "!"},
                            }
                        ],
                    }
                ]
            },
            "messages.0.content.0.source.data: Invalid base64 data",
        ),
    ],
)
def test_a_body_that_the_family_does_not_take_is_refused_in_its_words(
    runtime: Any, model_id: str, body: Any, words: str
) -> None:
    assert refused_body(runtime, model_id, body) == words


NOVA = "amazon.nova-pro-v1:0"
NOVA_TURN = [{"role": "user", "content": [{"text": "Hi"}]}]


def block(**members: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [members]}]}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            block(toolUse={"toolUseId": "a", "name": "f", "input": "x"}),
            "/messages/0/content/0/toolUse/input: expected type: JSONObject, found: String",
        ),
        (
            block(image={"format": "bmp", "source": {"bytes": "YQ=="}}),
            "/messages/0/content/0/image/format: bmp is not a valid enum value",
        ),
        (
            block(image={"format": "png", "source": {"s3Location": {"uri": 3}}}),
            "/messages/0/content/0/image/source/s3Location/uri: expected type: String, "
            "found: Integer",
        ),
        (
            block(searchResult=3),
            "/messages/0/content/0: extraneous key [searchResult] is not permitted",
        ),
        (block(), "/messages/0/content/0: required key [text] not found"),
        (
            {"messages": NOVA_TURN, "system": [{"text": 5}]},
            "/system/0/text: expected type: String, found: Integer",
        ),
        (
            {
                "messages": NOVA_TURN,
                "toolConfig": {"tools": [{"toolSpec": {"name": 1, "inputSchema": {"json": {}}}}]},
            },
            "/toolConfig/tools/0/toolSpec/name: expected type: String, found: Integer",
        ),
    ],
)
def test_what_nova_does_not_take_is_refused_where_it_stands(
    runtime: Any, body: Any, problem: str
) -> None:
    assert refused_body(runtime, NOVA, body) == malformed(f"#{problem}")


def test_a_guardrail_is_refused_rather_than_passed_over(runtime: Any) -> None:
    words = refusal(
        runtime.invoke_model,
        modelId=LLAMA,
        body=b'{"prompt": "Hi"}',
        guardrailIdentifier="gr1",
        guardrailVersion="1",
    )

    assert words.startswith("The guardrail gr1 cannot be applied")


def test_a_picture_is_refused_by_a_model_that_reads_only(runtime: Any) -> None:
    body = {
        "messages": [
            {
                "role": "user",
                "content": [
                    {
                        "type": "image",
                        "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"},
                    }
                ],
            }
        ]
    }

    assert refused_body(runtime, CLAUDE, body) == "This model reads text only; it sees no images."


def test_a_prompt_longer_than_the_context_is_refused_with_the_limit(runtime: Any) -> None:
    words = refused_body(runtime, LLAMA, {"prompt": "word " * 40_000})

    assert words.startswith("Input is too long for requested model. The prompt has 4")
    assert words.endswith("context holds 8192.")


def test_speech_to_speech_is_refused_clearly(server: LocalServer) -> None:
    """Over HTTP/2, as its clients ask; boto3 has no such operation."""
    signed = (
        "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/bedrock/aws4_request, "
        "SignedHeaders=host, Signature=0"
    )
    with httpx.Client(http1=False, http2=True) as client:
        answer = client.post(
            f"{server.url}/model/amazon.nova-sonic-v1:0/invoke-with-bidirectional-stream",
            headers={"authorization": signed},
        )

    assert (answer.status_code, answer.headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert answer.json()["message"].startswith(
        "The model amazon.nova-sonic-v1:0 does not support bidirectional streaming here"
    )
