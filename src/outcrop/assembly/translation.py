"""Translation, as the settings ask for it, by whatever engines are here."""

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from outcrop.engines.chat.interface import (
    Chat,
    ChatError,
    Message,
    ModelUnavailableError,
    OverloadedError,
    Prompt,
    Sampling,
    Text,
    TextDelta,
)
from outcrop.engines.translation.interface import (
    Pair,
    Passage,
    SentenceTranslator,
    Translation,
    TranslatorTraits,
    Wishes,
)
from outcrop.engines.translation.settings import TranslationSettings
from outcrop.engines.workers.engine import EngineFailedError, EngineUnavailableError
from outcrop.weights import UnknownWeightsError, WeightStore

if TYPE_CHECKING:
    from outcrop.engines.translation.chat import ChatRequest
    from outcrop.engines.translation.ctranslate2 import TranslationModel
    from outcrop.engines.translation.router import TranslationRouter

MODEL_ID = "outcrop.translation"
"""What the chat's routes know the translator by."""
PATIENCE_SECONDS = 120.0
"""How long a sentence waits for room in the model's queue."""
MANY = "mul"


class LazyTranslator:
    """A translator whose libraries and engines are looked for with the first text."""

    def __init__(self, settings: TranslationSettings, weights: WeightStore, chat: Chat) -> None:
        self._settings = settings
        self._weights = weights
        self._chat = chat
        self._router: TranslationRouter | None = None

    def languages(self) -> frozenset[str]:
        """See `Translator.languages`."""
        return self._made().languages()

    def traits(self, pair: Pair) -> TranslatorTraits:
        """See `Translator.traits`."""
        return self._made().traits(pair)

    async def translate(
        self, passages: Sequence[Passage], pair: Pair, wishes: Wishes
    ) -> list[Translation]:
        """See `Translator.translate`."""
        return await self._made().translate(passages, pair, wishes)

    async def close(self) -> None:
        """Stop what was started."""
        if self._router is not None:
            await self._router.close()

    def _made(self) -> "TranslationRouter":
        if self._router is None:
            from outcrop.engines.translation.router import TranslationRouter

            self._router = TranslationRouter([self._backend(one) for one in self._settings.order])
        return self._router

    def _backend(self, name: str) -> SentenceTranslator:
        if name == "ctranslate2":
            from outcrop.engines.translation.ctranslate2 import CTranslate2Translator

            return CTranslate2Translator(self._weights, self._own_models())
        if name == "apertium":
            from outcrop.engines.translation.apertium import ApertiumTranslator

            return ApertiumTranslator(self._settings.apertium_folder)
        from outcrop.engines.translation.chat import ChatTranslator

        return ChatTranslator(self._complete, self._known)

    def _own_models(self) -> "list[TranslationModel]":
        from outcrop.engines.translation.ctranslate2 import TranslationModel, parsed_pair

        models: list[TranslationModel] = []
        for name, settings in self._settings.models.items():
            pairs = {written: parsed_pair(written) for written in settings.pairs}
            for written, pair in pairs.items():
                if pair is None:
                    raise EngineUnavailableError(
                        f"[translation.models.{name}] {written!r} is no pair: use `en-fr`."
                    )
            found = frozenset(pair for pair in pairs.values() if pair is not None)
            models.append(TranslationModel(name, settings.folder, found))
        return models

    def _known(self) -> tuple[str, frozenset[str]]:
        """Return the chat model that translates, and its languages."""
        from outcrop.engines.translation.languages import NAMES, base

        every = frozenset(base(language) for language in NAMES)
        try:
            name = self._chat.model(MODEL_ID).name
        except ModelUnavailableError as error:
            raise EngineUnavailableError(str(error)) from error
        if self._settings.chat_languages:
            return name, frozenset(self._settings.chat_languages)
        try:
            languages = frozenset(self._weights.entry(name).languages)
        except UnknownWeightsError:
            return name, every
        return name, every if MANY in languages or not languages else languages

    async def _complete(self, request: "ChatRequest") -> str:
        prompt = _prompt(request)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                deltas = self._chat.model(MODEL_ID).generate(prompt)
                return "".join([each.text async for each in deltas if isinstance(each, TextDelta)])
            except OverloadedError as error:
                if time.monotonic() > deadline:
                    raise EngineFailedError(str(error)) from error
                await asyncio.sleep(error.retry_after_seconds)
            except ModelUnavailableError as error:
                raise EngineUnavailableError(str(error)) from error
            except ChatError as error:
                raise EngineFailedError(str(error)) from error


def _prompt(request: "ChatRequest") -> Prompt:
    messages = [Message("system", [Text(request.instructions)])]
    for said, answered in request.turns:
        messages += [Message("user", [Text(said)]), Message("assistant", [Text(answered)])]
    messages.append(Message("user", [Text(request.text)]))
    stop = () if request.json_schema else ("\n",)
    return Prompt(
        messages=messages,
        json_schema=request.json_schema,
        sampling=Sampling(max_tokens=request.max_tokens, temperature=0.0, stop_sequences=stop),
        model_id=MODEL_ID,
    )
