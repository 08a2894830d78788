"""What cuts texts into the tokens of a model."""

from pathlib import Path
from typing import Any, Protocol

import tokenizers


class Tokenizer(Protocol):
    """Cuts texts into token ids."""

    def count(self, text: str) -> int:
        """Return how many tokens a text has, without the marks around it."""
        ...

    def encode(self, text: str, *, limit: int) -> list[int]:
        """Return at most `limit` ids of a text: the first ones, and the marks around them."""
        ...


class HubTokenizer:
    """A tokenizer as models on the Hugging Face hub bring it along: `tokenizer.json`."""

    def __init__(self, path: Path) -> None:
        self._tokenizer: Any = tokenizers.Tokenizer.from_file(str(path))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def count(self, text: str) -> int:
        """See `Tokenizer.count`."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def encode(self, text: str, *, limit: int) -> list[int]:
        """See `Tokenizer.encode`."""
        ids: list[int] = self._tokenizer.encode(text).ids
        return ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]]
