"""What Converse insists on before any model sees a conversation, in its own words.

Source: Amazon Bedrock User Guide, "Carry out a conversation with the Converse API operations";
Amazon Bedrock API Reference, "Message" and "DocumentBlock"; the wording is what AWS answered to
users who reported it (dify#12340, langchain-aws#130, litellm#20047 and others).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outcrop.services.bedrock_runtime import shapes

MOST_DOCUMENTS = 5
DOCUMENT_NAME = re.compile(r"(?!.*  )[A-Za-z0-9_ ()\[\]-]+")
"""AWS takes underscores, too, which it does not list, and no blanks but spaces."""


def check_conversation(messages: Sequence[shapes.Message], *, has_tools: bool) -> None:
    """Insist on a conversation that may be continued.

    Raises:
        ServiceError: `ValidationException`: turns in a wrong order, empty, or tools out of pairs.
    """
    if not messages or messages[0]["role"] != "user":
        raise shapes.ValidationException(
            "A conversation must start with a user message. "
            "Try again with a conversation that starts with a user message."
        )
    before: shapes.Message | None = None
    for index, message in enumerate(messages):
        if before is not None and before["role"] == message["role"]:
            raise shapes.ValidationException(
                "A conversation must alternate between user and assistant roles. Make sure the "
                "conversation alternates between user and assistant roles and try again."
            )
        _check_content(index, message["content"])
        _check_tools(index, before, message, has_tools=has_tools)
        before = message
    _check_documents(messages)


def check_object(value: Any, where: str) -> None:
    """Insist on a JSON object where the service model allows any JSON.

    Raises:
        ServiceError: `ValidationException`: it is something else.
    """
    if not isinstance(value, Mapping):
        raise shapes.ValidationException(
            f"The format of the value at {where} is invalid. "
            "Provide a json object for the field and try again."
        )


def _check_content(index: int, content: Sequence[shapes.ContentBlock]) -> None:
    if not content:
        raise shapes.ValidationException(
            f"The content field in the Message object at messages.{index} is empty. "
            "Add a ContentBlock object to the content field and try again."
        )
    for place, block in enumerate(content):
        if "text" in block and not block["text"].strip():
            raise shapes.ValidationException(
                f"The text field in the ContentBlock object at messages.{index}.content.{place} "
                "is blank. Add text to the text field, and try again."
            )
        _check_block(f"messages.{index}.content.{place}", block)


def _check_block(where: str, block: shapes.ContentBlock) -> None:
    match block:
        case {"toolUse": use}:
            check_object(use["input"], f"{where}.toolUse.input")
        case {"toolResult": {"status": "error", "content": []}}:
            raise shapes.ValidationException(
                f"The content field at {where}.toolResult cannot be "
                "empty when status value is error."
            )
        case {"toolResult": result}:
            for number, item in enumerate(result["content"]):
                if "json" in item:
                    check_object(item["json"], f"{where}.toolResult.content.{number}.json")
        case _:
            pass


def _check_documents(messages: Sequence[shapes.Message]) -> None:
    names: list[str] = []
    for message in messages:
        told = [document["name"] for document in _documents(message["content"])]
        if told and not any("text" in block for block in message["content"]):
            raise shapes.ValidationException("A text block must be included when using documents.")
        names += told
    if any(DOCUMENT_NAME.fullmatch(name) is None for name in names):
        raise shapes.ValidationException(
            "The document file name can only contain alphanumeric characters, whitespace "
            "characters, hyphens, parentheses, and square brackets. The name can't contain more "
            "than one consecutive whitespace character. Check that the file name conforms to these "
            "restrictions and retry your request."
        )
    if len(set(names)) < len(names):
        raise shapes.ValidationException(
            "Messages can't contain duplicate document names. "
            "Rename the document and retry your request."
        )
    if len(names) > MOST_DOCUMENTS:
        raise shapes.ValidationException(
            f"You can't include more than {MOST_DOCUMENTS} documents in a request."
        )


def _documents(content: Sequence[Any]) -> Iterator[shapes.DocumentBlock]:
    for block in content:
        if "document" in block:
            yield block["document"]


def _check_tools(
    index: int, before: shapes.Message | None, message: shapes.Message, *, has_tools: bool
) -> None:
    asked = _ids(before, "toolUse")
    answered = _ids(message, "toolResult")
    _check_unique(index, "toolUse", _ids(message, "toolUse"))
    _check_unique(index, "toolResult", answered)
    if not has_tools and (answered or _ids(message, "toolUse")):
        raise shapes.ValidationException(
            "The toolConfig field must be defined when using toolUse and toolResult content blocks."
        )
    if missing := [tool_use_id for tool_use_id in asked if tool_use_id not in answered]:
        raise shapes.ValidationException(
            f"Expected toolResult blocks at messages.{index}.content for the following Ids: "
            f"{', '.join(missing)}"
        )
    if len(answered) > len(asked):
        raise shapes.ValidationException(
            f"The number of toolResult blocks at messages.{index}.content exceeds the number of "
            "toolUse blocks of previous turn."
        )


def _check_unique(index: int, kind: str, ids: Sequence[str]) -> None:
    if twice := [tool_use_id for tool_use_id, count in Counter(ids).items() if count > 1]:
        raise shapes.ValidationException(
            f"The {kind} blocks at messages.{index}.content contain duplicate Ids: "
            f"{', '.join(twice)}"
        )


def _ids(message: shapes.Message | None, kind: str) -> list[str]:
    blocks: Sequence[Any] = message["content"] if message is not None else ()
    return [block[kind]["toolUseId"] for block in blocks if kind in block]
