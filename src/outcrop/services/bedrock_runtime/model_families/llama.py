"""Meta Llama's native form.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html;
https://www.llama.com/docs/model-cards-and-prompt-formats/llama3_2/, for the mark of a picture.
"""

import base64
import binascii
from collections.abc import Iterator, Sequence

from outcrop.engines.chat.interface import Finished, Image, Message, Part, Sampling, Text
from outcrop.services.bedrock_runtime.model_families.completions import Completions
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json

PICTURE = "<|image|>"
"""Stands in a prompt where the next of its pictures is shown."""
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)
"""The form names no media types."""


class Llama(Completions):
    """See `Completions`."""

    def messages(self, body: Fields) -> Sequence[Message]:
        """See `Completions.messages`; pictures that no mark shows come before the last turn."""
        messages = super().messages(body)
        pictures = _pictures(body)
        marks = body.text("prompt").count(PICTURE)
        if marks > len(pictures):
            raise body.refused(
                "images", f"expected {marks} items, as the prompt marks, found: {len(pictures)}"
            )
        if not pictures:
            return messages
        marked = iter(pictures[:marks])
        told = [Message(said.role, list(_parts(said.parts, marked))) for said in messages]
        last = max((n for n, said in enumerate(told) if said.role == "user"), default=None)
        if last is not None:
            told[last] = Message("user", [*marked, *pictures[marks:], *told[last].parts])
        return told

    def sampling(self, body: Fields) -> Sampling:
        """See `Completions.sampling`."""
        return Sampling(
            max_tokens=body.integer("max_gen_len", 1, 8192),
            temperature=body.number("temperature", 0, 1),
            top_p=body.number("top_p", 0, 1),
        )

    def completion(self, text: str, finished: Finished | None = None) -> Json:
        """See `Completions.completion`."""
        return {
            "generation": text,
            "prompt_token_count": finished.usage.input_tokens if finished else None,
            "generation_token_count": finished.usage.output_tokens if finished else None,
            "stop_reason": _stop_reason(finished) if finished else None,
        }


def _pictures(body: Fields) -> Sequence[Image]:
    pictures: list[Image] = []
    for text in body.texts("images"):
        try:
            content = base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise body.refused("images", "not base64") from error
        kinds = (kind for beginning, kind in _BEGINNINGS if content.startswith(beginning))
        kind = next(kinds, None)
        if kind is None:
            raise body.refused("images", "neither a PNG, a JPEG, a GIF nor a WebP image")
        pictures.append(Image(content, kind))
    return pictures


def _parts(parts: Sequence[Part], pictures: Iterator[Image]) -> Iterator[Part]:
    for part in parts:
        words = part.text.split(PICTURE) if isinstance(part, Text) else []
        for index, text in enumerate(words):
            if index:
                yield next(pictures)
            if text.strip():
                yield Text(text.strip())


def _stop_reason(finished: Finished) -> str:
    return "length" if finished.reason == "max_tokens" else "stop"
