"""Native forms of text completions: a prompt, and its text whole or in pieces of the same form."""

from abc import abstractmethod
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from outcrop.engines.chat.interface import Finished, Message, Prompt, Sampling
from outcrop.services.bedrock_runtime.attachments import Attachments
from outcrop.services.bedrock_runtime.generation import Generation, Reply
from outcrop.services.bedrock_runtime.model_families.fields import Fields
from outcrop.services.bedrock_runtime.model_families.interface import Json, TextFamily
from outcrop.services.bedrock_runtime.model_families.templates import messages_of
from outcrop.services.bedrock_runtime.model_families.words import words


class Completions(TextFamily):
    """What the vendors' forms share: the member `prompt`, and pieces that look like the whole."""

    @abstractmethod
    def sampling(self, body: Fields) -> Sampling:
        """Return how a request's body wants words to be chosen."""

    @abstractmethod
    def completion(self, text: str, finished: Finished | None = None) -> Json:
        """Return the body of an answer or of a piece; the last piece tells how it ended."""

    def messages(self, body: Fields) -> Sequence[Message]:
        """Return the turns of a request's body."""
        return messages_of(body.text("prompt"))

    async def read(self, body: Fields, attachments: Attachments) -> Prompt:
        """See `TextFamily.read`."""
        del attachments
        body.need("prompt")
        messages = self.messages(body)
        return Prompt(messages=messages, sampling=self.sampling(body))

    def write(self, model_id: str, prompt: Prompt, reply: Reply, finished: Finished) -> Json:
        """See `TextFamily.write`."""
        del model_id, prompt
        return self.completion(reply.text, finished)

    async def events(
        self, model_id: str, prompt: Prompt, generation: Generation
    ) -> AsyncGenerator[Json, None]:
        """See `TextFamily.events`."""
        del model_id, prompt
        async with aclosing(words(generation)) as pieces:
            async for piece in pieces:
                is_last = isinstance(piece, Finished)
                yield self.completion("", piece) if is_last else self.completion(piece)
