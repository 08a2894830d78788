"""What every family of models promises."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Protocol

from outcrop.engines.chat.interface import Finished, Prompt
from outcrop.services.bedrock_runtime.generation import Generation, Reply


class TextFamily(Protocol):
    """A native form of generating text, streamed or whole."""

    def read(self, body: Mapping[str, Any]) -> Prompt:
        """Return what a request's body asks for.

        Raises:
            ServiceError: `ValidationException`, in the words of that vendor's models on Bedrock.
        """
        ...

    def write(self, model_id: str, reply: Reply, finished: Finished) -> Mapping[str, Any]:
        """Return the body of a whole answer."""
        ...

    def events(
        self, model_id: str, generation: Generation
    ) -> AsyncGenerator[Mapping[str, Any], None]:
        """Give the bodies of a streamed answer's chunks."""
        ...
