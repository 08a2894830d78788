"""What can be set of translation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

BackendName = Literal["ctranslate2", "chat", "apertium"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """A translation model of the operator's own, in CTranslate2's format."""

    folder: Path
    """With `model.bin`, its vocabulary, and SentencePiece models or `tokenizer.json`."""
    pairs: tuple[str, ...] = ()
    """What it translates: `en-fr`; empty: between all languages that its vocabulary has marks for,
    as NLLB's and M2M-100's have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationSettings:
    """Which engines translate."""

    order: tuple[BackendName, ...] = ("ctranslate2", "chat", "apertium")
    """The first that covers a pair translates it."""
    models: Mapping[str, ModelSettings] = field(default_factory=dict[str, ModelSettings])
    """Models of CTranslate2, by names of your choice, beside those of the catalogue."""
    chat_languages: tuple[str, ...] = ()
    """What the chat model translates, in codes without regions; empty: what the catalogue says of
    its weights, and every language for models that run elsewhere."""
    apertium_folder: Path | None = None
    """Where Apertium keeps its pairs; by default where its packages put them."""
