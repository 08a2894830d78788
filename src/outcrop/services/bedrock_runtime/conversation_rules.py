"""What Converse insists on before any model sees a conversation, in its own words.

Source: Amazon Bedrock User Guide, "Carry out a conversation with the Converse API operations"; the
wording is what AWS answered to users who reported it (dify#12340, langchain-aws#130 and others).
"""

from collections.abc import Sequence
from typing import Any

from outcrop.services.bedrock_runtime import shapes


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
        match block:
            case {"toolResult": {"status": "error", "content": []}}:
                raise shapes.ValidationException(
                    f"The content field at messages.{index}.content.{place}.toolResult cannot be "
                    "empty when status value is error."
                )
            case _:
                pass


def _check_tools(
    index: int, before: shapes.Message | None, message: shapes.Message, *, has_tools: bool
) -> None:
    asked = _ids(before, "toolUse")
    answered = _ids(message, "toolResult")
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


def _ids(message: shapes.Message | None, kind: str) -> list[str]:
    blocks: Sequence[Any] = message["content"] if message is not None else ()
    return [block[kind]["toolUseId"] for block in blocks if kind in block]
