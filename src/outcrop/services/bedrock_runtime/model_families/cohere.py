"""Cohere's native forms: Command (a prompt) and Command R (a message after a history).

Source: Amazon Bedrock User Guide, "Cohere models".
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import uuid4

from outcrop.engines.chat.interface import (
    Finished,
    Message,
    Prompt,
    Sampling,
    StopReason,
    Text,
)
from outcrop.services.bedrock_runtime.generation import Generation, Reply
from outcrop.services.bedrock_runtime.model_families.fields import Fields, malformed
from outcrop.services.bedrock_runtime.model_families.interface import Json
from outcrop.services.bedrock_runtime.model_families.templates import messages_of
from outcrop.services.bedrock_runtime.model_families.words import words

FINISH_REASONS: dict[StopReason, str] = {
    "end": "COMPLETE",
    "max_tokens": "MAX_TOKENS",
    "stop_sequence": "COMPLETE",
    "tool_use": "COMPLETE",
    "content_filter": "ERROR_TOXIC",
}


def _sampling(body: Fields, default_max_tokens: int | None) -> Sampling:
    return Sampling(
        max_tokens=body.integer("max_tokens", 1, 4096) or default_max_tokens,
        temperature=body.number("temperature", 0, 5),
        top_p=body.number("p", 0, 1),
        top_k=body.integer("k", 0, 500),
        stop_sequences=tuple(body.texts("stop_sequences")),
        seed=body.integer("seed"),
        frequency_penalty=body.number("frequency_penalty", 0, 1),
        presence_penalty=body.number("presence_penalty", 0, 1),
    )


class CohereCommand:
    """See `TextFamily`."""

    default_max_tokens = 200

    def read(self, body: Fields) -> Prompt:
        """See `TextFamily.read`."""
        body.need("prompt")
        for unknown in ("num_generations", "return_likelihoods"):
            if body.members.get(unknown) not in (None, 1, "NONE"):
                raise malformed(f"{body.path}/{unknown}: only the default is answered here")
        return Prompt(
            messages=messages_of(body.text("prompt")),
            sampling=_sampling(body, self.default_max_tokens),
        )

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`."""
        del model_id
        generation = {
            "finish_reason": FINISH_REASONS[finished.reason],
            "id": str(uuid4()),
            "text": reply.text,
        }
        return {"generations": [generation], "id": str(uuid4()), "prompt": _last_words(prompt)}

    async def events(
        self, model_id: str, prompt: Prompt, generation: Generation
    ) -> AsyncGenerator[Json, None]:
        """See `TextFamily.events`."""
        del model_id, prompt
        async with aclosing(words(generation)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Finished):
                    yield {"is_finished": True, "finish_reason": FINISH_REASONS[piece.reason]}
                else:
                    yield {"is_finished": False, "text": piece}


class CohereCommandR:
    """See `TextFamily`."""

    def read(self, body: Fields) -> Prompt:
        """See `TextFamily.read`."""
        body.need("message")
        messages: list[Message] = []
        if preamble := body.text("preamble"):
            messages.append(Message("system", [Text(preamble)]))
        for turn in body.objects("chat_history"):
            role = "assistant" if turn.text("role") == "CHATBOT" else "user"
            messages.append(Message(role, [Text(turn.text("message"))]))
        messages.append(Message("user", [Text(_with_documents(body))]))
        return Prompt(messages=messages, sampling=_sampling(body, None))

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`."""
        del model_id
        history = [
            {
                "role": "CHATBOT" if message.role == "assistant" else "USER",
                "message": _text(message),
            }
            for message in prompt.messages
            if message.role != "system"
        ]
        return {
            "chat_history": [*history, {"role": "CHATBOT", "message": reply.text}],
            "finish_reason": FINISH_REASONS[finished.reason],
            "generation_id": str(uuid4()),
            "response_id": str(uuid4()),
            "text": reply.text,
        }

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
                if isinstance(delta, Finished):
                    yield {
                        "event_type": "stream-end",
                        "finish_reason": FINISH_REASONS[delta.reason],
                        "is_finished": True,
                        "response": self.write(model_id, prompt, reply, delta),
                    }
                elif text := getattr(delta, "text", ""):
                    yield {"event_type": "text-generation", "is_finished": False, "text": text}


def _with_documents(body: Fields) -> str:
    """Return the message, after the documents that the answer is to rest on."""
    documents = [
        "\n".join(f"{name}: {value}" for name, value in document.members.items())
        for document in body.objects("documents")
    ]
    return "\n\n".join((*documents, body.text("message")))


def _text(message: Message) -> str:
    return "".join(part.text for part in message.parts if isinstance(part, Text))


def _last_words(prompt: Prompt) -> str:
    return _text(prompt.messages[-1])
