"""Conversations that Converse does not take, in the words in which AWS refuses them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.bedrock_runtime.conversing import MODEL, WEATHER, assistant, user

USE = {"toolUseId": "t1", "name": "get_weather", "input": {"city": "Lyon"}}
TOOL_USE = {"toolUse": USE}
TOOL_RESULT = {"toolResult": {"toolUseId": "t1", "content": [{"text": "snow"}]}}


def tool(schema: Any) -> dict[str, Any]:
    return {"toolSpec": {"name": "f", "inputSchema": {"json": schema}}}


def paper(name: str) -> dict[str, Any]:
    return {"document": {"format": "txt", "name": name, "source": {"bytes": b"The code is 7."}}}


def test_names_that_aws_takes_are_taken(runtime: Any) -> None:
    papers = map(paper, ["a b", "a_b", "a-b", "(a)", "[1]"])

    assert runtime.converse(
        modelId=MODEL, messages=[user("Hi", *papers)], inferenceConfig={"maxTokens": 1}
    )


@pytest.mark.parametrize(
    ("messages", "more", "words"),
    [
        (
            [assistant("Hi")],
            {},
            "A conversation must start with a user message. "
            "Try again with a conversation that starts with a user message.",
        ),
        (
            [],
            {},
            "A conversation must start with a user message. "
            "Try again with a conversation that starts with a user message.",
        ),
        (
            [user("Hi"), user("Hello?")],
            {},
            "A conversation must alternate between user and assistant roles. Make sure the "
            "conversation alternates between user and assistant roles and try again.",
        ),
        (
            [user()],
            {},
            "The content field in the Message object at messages.0 is empty. "
            "Add a ContentBlock object to the content field and try again.",
        ),
        (
            [user("Hi"), assistant("Hello", " \n"), user("?")],
            {},
            "The text field in the ContentBlock object at messages.1.content.1 is blank. "
            "Add text to the text field, and try again.",
        ),
        (
            [user("Hi"), assistant(TOOL_USE), user(TOOL_RESULT)],
            {},
            "The toolConfig field must be defined when using toolUse and toolResult content "
            "blocks.",
        ),
        (
            [user("Hi"), assistant(TOOL_USE), user("Well?")],
            {"toolConfig": WEATHER},
            "Expected toolResult blocks at messages.2.content for the following Ids: t1",
        ),
        (
            [user("Hi"), assistant("Hm"), user(TOOL_RESULT)],
            {"toolConfig": WEATHER},
            "The number of toolResult blocks at messages.2.content exceeds the number of "
            "toolUse blocks of previous turn.",
        ),
        (
            [
                user("Hi"),
                assistant(TOOL_USE),
                user({"toolResult": {"toolUseId": "t1", "content": [], "status": "error"}}),
            ],
            {"toolConfig": WEATHER},
            "The content field at messages.2.content.0.toolResult cannot be empty when status "
            "value is error.",
        ),
        (
            [user("Hi"), assistant({"toolUse": {**USE, "input": "Lyon"}}), user(TOOL_RESULT)],
            {"toolConfig": WEATHER},
            "The format of the value at messages.1.content.0.toolUse.input is invalid. "
            "Provide a json object for the field and try again.",
        ),
        (
            [
                user("Hi"),
                assistant(TOOL_USE),
                user({"toolResult": {"toolUseId": "t1", "content": [{"json": [1]}]}}),
            ],
            {"toolConfig": WEATHER},
            "The format of the value at messages.2.content.0.toolResult.content.0.json is "
            "invalid. Provide a json object for the field and try again.",
        ),
        (
            [user("Hi"), assistant(TOOL_USE, TOOL_USE), user(TOOL_RESULT)],
            {"toolConfig": WEATHER},
            "The toolUse blocks at messages.1.content contain duplicate Ids: t1",
        ),
        (
            [user("Hi"), assistant(TOOL_USE), user(TOOL_RESULT, TOOL_RESULT)],
            {"toolConfig": WEATHER},
            "The toolResult blocks at messages.2.content contain duplicate Ids: t1",
        ),
        (
            [user("Hi")],
            {"toolConfig": {"tools": [tool({"type": "object"}), tool({"type": "object"})]}},
            "The tool f is already defined at toolConfig.tools.1.",
        ),
        (
            [user("Hi")],
            {"toolConfig": {"tools": [tool("x")]}},
            "The format of the value at toolConfig.tools.0.toolSpec.inputSchema.json is invalid. "
            "Provide a json object for the field and try again.",
        ),
        (
            [user("Hi")],
            {"toolConfig": {"tools": [tool({"properties": {}})]}},
            "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the "
            "following: object.",
        ),
        ([user(paper("a"))], {}, "A text block must be included when using documents."),
        (
            [user("Hi", paper("a")), assistant("Hm"), user("Hi", paper("a"))],
            {},
            "Messages can't contain duplicate document names. "
            "Rename the document and retry your request.",
        ),
        (
            [user("Hi", *map(paper, "abcdef"))],
            {},
            "You can't include more than 5 documents in a request.",
        ),
        *(
            (
                [user("Hi", paper(name))],
                {},
                "The document file name can only contain alphanumeric characters, whitespace "
                "characters, hyphens, parentheses, and square brackets. The name can't contain "
                "more than one consecutive whitespace character. Check that the file name conforms "
                "to these restrictions and retry your request.",
            )
            for name in ("cv.pdf", "a  b", "été", "a\tb")
        ),
        (
            [user("Hi"), assistant("Hm", paper("a")), user("?")],
            {},
            "This model doesn't support the document field for assistant messages. "
            "Remove document and try again.",
        ),
        (
            [user("Hi"), assistant("The ")],
            {},
            "The model returned the following errors: messages: final assistant content cannot end "
            "with trailing whitespace",
        ),
        (
            [user("Hi")],
            {"inferenceConfig": {"stopSequences": [" "]}},
            "The model returned the following errors: stop_sequences: each stop sequence must "
            "contain non-whitespace",
        ),
        (
            [user(*["Hi", {"cachePoint": {"type": "default"}}] * 5)],
            {},
            "The model returned the following errors: A maximum of 4 blocks with cache_control may "
            "be provided. Found 5.",
        ),
        *(
            (
                [user("Hi")],
                {"additionalModelResponseFieldPaths": ["/stop_sequence", pointer]},
                f"The value {pointer} at additionalModelResponseFieldPaths.1 is not a JSON "
                "Pointer. Begin it with / and try again.",
            )
            for pointer in ("stop_sequence", "/a~2")
        ),
        (
            [user({"video": {"format": "mp4", "source": {"bytes": b"0"}}})],
            {},
            "This model doesn't support the video field for user messages. "
            "Remove video and try again.",
        ),
        (
            [user({"image": {"format": "png", "source": {"bytes": b"0"}}})],
            {},
            "This model reads text only; it sees no images.",
        ),
        (
            [user("Hi")],
            {"toolConfig": {"tools": [{"systemTool": {"name": "search"}}]}},
            "This model doesn't support system tools.",
        ),
        (
            [user("Hi")],
            {
                "outputConfig": {
                    "textFormat": {
                        "type": "json_schema",
                        "structure": {"jsonSchema": {"schema": "{"}},
                    }
                }
            },
            "outputConfig.textFormat.structure.jsonSchema.schema must be the text of a JSON "
            "object.",
        ),
        (
            [user("Hi")],
            {"additionalModelRequestFields": {"top_k": "few"}},
            "Malformed input request: #/additionalModelRequestFields/top_k: expected type: "
            "Integer, found: String, please reformat your input and try again.",
        ),
        (
            [user("Hi")],
            {"modelId": "cohere.embed-english-v3"},
            "This action doesn't support the model that you provided. "
            "Try again with a supported text or chat model.",
        ),
        (
            [user("Hi")],
            {"inferenceConfig": {"temperature": 1.5}},
            "1 validation error detected: Value '1.5' at 'inferenceConfig.temperature' failed to "
            "satisfy constraint: Member must have value less than or equal to 1.0",
        ),
    ],
)
@pytest.mark.parametrize("operation", ["converse", "converse_stream"])
def test_a_conversation_that_converse_does_not_take_is_refused(
    runtime: Any, operation: str, messages: list[Any], more: Any, words: str
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(runtime, operation)(**{"modelId": MODEL, "messages": messages, **more})

    error: Any = caught.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("ValidationException", words)
