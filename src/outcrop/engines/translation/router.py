"""The translators of this machine as one: each pair goes to the first that covers it."""

from collections.abc import Sequence

from outcrop.engines.translation.checked import CheckedTranslation
from outcrop.engines.translation.interface import (
    Pair,
    Passage,
    SentenceTranslator,
    Translation,
    TranslatorTraits,
    UnsupportedPairError,
    UnsupportedWishError,
    Wishes,
)
from outcrop.engines.translation.register_words import LANGUAGES as WITH_REGISTERS
from outcrop.engines.workers.engine import EngineUnavailableError


class TranslationRouter:
    """Translates by whichever backend covers a pair. Belongs to one event loop."""

    def __init__(self, backends: Sequence[SentenceTranslator]) -> None:
        """Take the backends, the preferred ones first."""
        self._backends = backends

    def languages(self) -> frozenset[str]:
        """See `Translator.languages`."""
        missing: EngineUnavailableError | None = None
        found: set[str] = set()
        for backend in self._backends:
            try:
                found |= backend.languages()
            except EngineUnavailableError as error:
                missing = error
        if not found and missing is not None:
            raise missing
        return frozenset(found)

    def traits(self, pair: Pair) -> TranslatorTraits:
        """See `Translator.traits`."""
        return self._chosen(pair)[1]

    async def translate(
        self, passages: Sequence[Passage], pair: Pair, wishes: Wishes
    ) -> list[Translation]:
        """See `Translator.translate`."""
        backend, traits = self._chosen(pair)
        if wishes.register and pair.target in WITH_REGISTERS - traits.registers:
            raise UnsupportedWishError(f"{traits.name} does not choose between registers.")
        if wishes.is_brief and not traits.is_brief:
            raise UnsupportedWishError(f"{traits.name} cannot be asked to be brief.")
        if wishes.examples and not traits.uses_examples:
            raise UnsupportedWishError(f"{traits.name} makes no use of parallel data.")
        return await CheckedTranslation(backend, pair, wishes).translate(passages)

    async def close(self) -> None:
        """Let go of the backends' processes."""
        for backend in self._backends:
            await backend.close()

    def _chosen(self, pair: Pair) -> tuple[SentenceTranslator, TranslatorTraits]:
        missing: EngineUnavailableError | None = None
        for backend in self._backends:
            try:
                traits = backend.traits(pair) if pair.source != pair.target else None
            except EngineUnavailableError as error:
                missing = error
                continue
            if traits is not None:
                return backend, traits
        if missing is not None:
            raise missing
        raise UnsupportedPairError(f"Nothing here translates from {pair.source} to {pair.target}.")
