"""Translation by models of CTranslate2: OPUS-MT, NLLB, M2M-100, each in a process of its own.

Source: https://opennmt.net/CTranslate2/guides/transformers.html
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from outcrop.engines.translation import vocabulary_marks
from outcrop.engines.translation.interface import Ask, Pair, TranslatorTraits
from outcrop.engines.translation.languages import NAMES, base
from outcrop.engines.translation.vocabulary_marks import Marks, marks_of
from outcrop.engines.workers.engine import EngineProgram, EngineUnavailableError, WorkerEngine
from outcrop.engines.workers.together import TogetherByKind
from outcrop.weights import WeightStore

ABILITY = "translation"
FORMAT = "ctranslate2"
MODULE = "outcrop.engines.translation.ctranslate2_worker"
LIBRARIES = ("ctranslate2", "sentencepiece", "tokenizers")
MODEL_FILE = "model.bin"
MANY = "mul"
LOOK_AGAIN_SECONDS = 5.0
MOST_CHARACTERS = 4_000
"""Of sentences of several callers that are translated at once."""


@dataclass(frozen=True)
class TranslationModel:
    """One model, and what it translates."""

    name: str
    folder: Path
    pairs: frozenset[Pair] = field(default_factory=frozenset[Pair])
    """Empty: between all languages that its vocabulary has marks for."""

    @cached_property
    def marks(self) -> Marks:
        """What its vocabulary calls languages."""
        return marks_of(self.folder)

    def covers(self, pair: Pair) -> bool:
        """Tell whether it translates a pair, regions left aside if need be."""
        if self.pairs:
            return bool({pair, Pair(base(pair.source), base(pair.target))} & self.pairs)
        return all(language in self.marks.languages or base(language) in self.marks.languages
                   for language in pair)  # fmt: skip

    @property
    def languages(self) -> frozenset[str]:
        """Those that it translates from or into, regions left out."""
        found = [one for pair in self.pairs for one in pair] or self.marks.languages
        return frozenset(map(base, found))


class _Kind(NamedTuple):
    """What sentences have in common that are translated together."""

    model: TranslationModel
    before: tuple[str, ...]
    """Marks in front of each."""
    target: str
    """The mark that translations begin with; empty: none."""


class CTranslate2Translator:
    """Translates by the first of its models that covers a pair. Belongs to one event loop."""

    attempts = 1
    """The same sentence is translated in the same way again."""

    def __init__(self, store: WeightStore, models: Sequence[TranslationModel] = ()) -> None:
        """Prepare to translate; nothing is loaded yet.

        Args:
            store: Whose weights of the catalogue are used where they have been pulled.
            models: The operator's own, preferred to those.
        """
        self._store = store
        self._own = models
        self._engines: dict[str, WorkerEngine] = {}
        self._together = TogetherByKind(self._ask, most_characters=MOST_CHARACTERS)
        self._looked = -LOOK_AGAIN_SECONDS
        self._found: Sequence[TranslationModel] = ()

    def languages(self) -> frozenset[str]:
        """See `SentenceTranslator.languages`."""
        return frozenset(one for model in self._models() for one in model.languages)

    def traits(self, pair: Pair) -> TranslatorTraits | None:
        """See `SentenceTranslator.traits`."""
        model = self._model(pair)
        return TranslatorTraits(name=model.name) if model else None

    async def translate(self, asks: Sequence[Ask], pair: Pair) -> list[str]:
        """See `SentenceTranslator.translate`."""
        model = self._model(pair)
        if model is None:
            raise EngineUnavailableError(
                f"No model here translates {pair.source} to {pair.target}."
            )
        marks, of = model.marks, vocabulary_marks.of
        before = of(marks.before_source, pair.target), of(marks.source, pair.source)
        kind = _Kind(model, tuple(filter(None, before)), of(marks.target, pair.target))
        return list(await self._together.ask(kind, [ask.sentence for ask in asks]))

    async def _ask(self, kind: _Kind, sentences: list[str]) -> Sequence[Any]:
        asked = {"sentences": sentences, "before": kind.before, "target": kind.target}
        return (await self._engine(kind.model).ask(asked)).value

    async def close(self) -> None:
        """See `SentenceTranslator.close`."""
        for engine in self._engines.values():
            await engine.close()

    def _model(self, pair: Pair) -> TranslationModel | None:
        return next((model for model in self._models() if model.covers(pair)), None)

    def _models(self) -> Sequence[TranslationModel]:
        """Return the models that are here; some may be pulled while the server runs."""
        if time.monotonic() >= self._looked + LOOK_AGAIN_SECONDS:
            self._found = [*self._own, *self._pulled()]
            self._looked = time.monotonic()
        return self._found

    def _pulled(self) -> list[TranslationModel]:
        return [
            self._known(entry.name, entry.languages)
            for entry in self._store.entries()
            if (entry.ability, entry.format) == (ABILITY, FORMAT)
            and self._store.is_present(entry.name)
        ]

    def _known(self, name: str, languages: Sequence[str]) -> TranslationModel:
        """Return the model of an entry of the catalogue: from its first language to its second."""
        is_of_one_pair = MANY not in languages
        pairs = frozenset({Pair(*languages[:2])} if is_of_one_pair else ())
        return TranslationModel(name, self._store.path(name, MODEL_FILE).parent, pairs)

    def _engine(self, model: TranslationModel) -> WorkerEngine:
        if model.name not in self._engines:
            program = EngineProgram(
                module=MODULE,
                extra="language",
                libraries=LIBRARIES,
                config={"folder": str(model.folder)},
            )
            self._engines[model.name] = WorkerEngine(program, self._store)
        return self._engines[model.name]


def parsed_pair(written: str) -> Pair | None:
    """Return the pair of a setting, `en-fr` or `en-pt-PT`; `None`: it is none."""
    for at in range(len(written)):
        source, target = written[:at], written[at + 1 :]
        if written[at] == "-" and source in NAMES and target in NAMES:
            return Pair(source, target)
    return None
