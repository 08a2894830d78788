"""Cohere Command R's native form: a message after a history, documents and tools.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command-r-plus.html
"""

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any
from uuid import uuid4

from outcrop.engines.chat.interface import (
    Finished,
    Message,
    Prompt,
    Text,
    TextDelta,
    Tool,
    ToolResult,
    ToolUse,
)
from outcrop.services.bedrock_runtime.attachments import Attachments, told
from outcrop.services.bedrock_runtime.generation import Generation, Reply, ToolCall
from outcrop.services.bedrock_runtime.model_families.cohere import FINISH_REASONS, read_sampling
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json, TextFamily
from outcrop.services.bedrock_runtime.tool_inputs import parsed_input

WITHOUT_EFFECT = ("stream", "prompt_truncation", "return_prompt", "raw_prompting")
JSON_TYPES = {
    "str": "string",
    "string": "string",
    "int": "integer",
    "integer": "integer",
    "float": "number",
    "number": "number",
    "bool": "boolean",
    "boolean": "boolean",
}
"""Of Cohere's names of Python types; what else it names (`List[str]`) may be anything here."""


class CohereCommandR(TextFamily):
    """See `TextFamily`."""

    async def read(self, body: Fields, attachments: Attachments) -> Prompt:
        """See `TextFamily.read`."""
        del attachments
        body.need("message")
        body.accept(*WITHOUT_EFFECT)
        if body.truth("search_queries_only", default=False):
            raise body.refused("search_queries_only", "search queries are not made here")
        messages: list[Message] = []
        if preamble := body.text("preamble"):
            messages.append(Message("system", [Text(preamble)]))
        for turn in body.objects("chat_history"):
            role = "assistant" if turn.text("role") == "CHATBOT" else "user"
            messages.append(Message(role, [Text(turn.text("message"))]))
        documents = [told(_lines(document)) for document in body.items("documents")]
        messages.append(Message("user", [*documents, Text(body.text("message"))]))
        return Prompt(
            messages=[*messages, *_tool_results(body)],
            tools=[_tool(tool) for tool in body.objects("tools")],
            sampling=read_sampling(body),
        )

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`."""
        del model_id
        history = [
            {
                "role": "CHATBOT" if message.role == "assistant" else "USER",
                "message": _words(message),
            }
            for message in prompt.messages
            if message.role != "system" and _words(message)
        ]
        answer = {
            "response_id": str(uuid4()),
            "text": reply.text,
            "generation_id": str(uuid4()),
            "finish_reason": FINISH_REASONS[finished.reason],
            "chat_history": [*history, {"role": "CHATBOT", "message": reply.text}],
        }
        calls = [
            {"name": part.name, "parameters": parsed_input(part.json, finished)}
            for part in reply.parts
            if isinstance(part, ToolCall)
        ]
        return answer | {"tool_calls": calls} if calls else answer

    async def events(
        self, model_id: str, prompt: Prompt, generation: Generation
    ) -> AsyncGenerator[Json, None]:
        """See `TextFamily.events`."""
        yield {
            "event_type": "stream-start",
            "generation_id": str(uuid4()),
            "is_finished": False,
        }
        reply = Reply()
        async with aclosing(generation.deltas()) as deltas:
            async for delta in deltas:
                reply.add(delta)
                match delta:
                    case TextDelta(text):
                        yield {"event_type": "text-generation", "is_finished": False, "text": text}
                    case Finished():
                        answer = self.write(model_id, prompt, reply, delta)
                        if calls := answer.get("tool_calls"):
                            yield {
                                "event_type": "tool-calls-generation",
                                "is_finished": False,
                                "tool_calls": calls,
                            }
                        yield {
                            "event_type": "stream-end",
                            "finish_reason": FINISH_REASONS[delta.reason],
                            "is_finished": True,
                            "response": answer,
                        }
                    case _:
                        pass  # A tool's input is told whole.


def _lines(document: Any) -> str:
    if isinstance(document, dict):
        return "\n".join(f"{name}: {value}" for name, value in Fields.of(document).all())
    return str(document)


def _tool(tool: Fields) -> Tool:
    tool.need("name", "description")
    properties: dict[str, Any] = {}
    required: list[str] = []
    definitions = tool.object("parameter_definitions")
    for name, _ in definitions.all():
        definition = definitions.object(name)
        kind = JSON_TYPES.get(definition.text("type"))
        properties[name] = {"type": kind} if kind else {}
        if description := definition.text("description"):
            properties[name]["description"] = description
        if definition.truth("required", default=False):
            required.append(name)
    schema = {"type": "object", "properties": properties, "required": required}
    return Tool(tool.text("name"), tool.text("description"), schema)


def _tool_results(body: Fields) -> Iterator[Message]:
    """Give the calls of tools and what came of them, which Cohere's form tells together."""
    for result in body.objects("tool_results"):
        result.need("call")
        call = result.object("call")
        call.accept("generation_id")
        use = ToolUse(f"call_{uuid4().hex}", call.text("name"), call.mapping("parameters"))
        yield Message("assistant", [use])
        outputs = json.dumps(result.items("outputs"), ensure_ascii=False)
        yield Message("user", [ToolResult(use.id, outputs)])


def _words(message: Message) -> str:
    return "".join(part.text for part in message.parts if isinstance(part, Text))
