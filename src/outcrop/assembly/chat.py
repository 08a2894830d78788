"""Chat, as the settings ask for it."""

import logging
import os
from collections.abc import Callable
from dataclasses import fields
from fnmatch import fnmatchcase
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from outcrop.engines.chat.interface import ChatModel, ModelUnavailableError
from outcrop.engines.chat.settings import ChatSettings, LlamaCppOptions, LlamaCppSettings
from outcrop.weights import WeightsMissingError, WeightStore

if TYPE_CHECKING:
    from outcrop.engines.chat.router import ChatRouter, ClosableChatModel

AUTO = "auto"
ABILITY = "chat"

logger = logging.getLogger(__name__)


class LazyChat:
    """Chat whose libraries and models are looked for with the first request."""

    def __init__(self, settings: ChatSettings, weights: WeightStore) -> None:
        self._settings = settings
        self._weights = weights
        self._router: ChatRouter | None = None

    def model(self, model_id: str) -> ChatModel:
        """See `Chat.model`."""
        if self._router is None:
            self._router = self._make_router()
        return self._router.model(model_id)

    def published(self, name: str) -> ChatModel:
        """See `Chat.published`."""
        if self._router is None:
            self._router = self._make_router()
        return self._router.named(self._name_of(name), name)

    async def close(self) -> None:
        """Close the models that were made."""
        if self._router is not None:
            await self._router.close()

    def _name_of(self, published: str) -> str:
        """Return the weights, or the table of the settings, that a publisher's name stands for."""
        for pattern, name in self._settings.routes.items():
            if pattern != "*" and fnmatchcase(published, pattern):
                return name
        for entry in self._weights.entries():
            if entry.ability == ABILITY and entry.is_called(published):
                return entry.name
        if published in self._remote_models():
            return published
        known = ", ".join(
            name
            for entry in self._weights.entries()
            if entry.ability == ABILITY
            for name in entry.hub_names[:1] or (entry.name,)
        )
        raise ModelUnavailableError(
            f"No chat model here is {published}; there are {known}. Add its GGUF file by `outcrop"
            f" models add FILE --name NAME`, or a server that runs it by [chat.openai.NAME], and"
            f' route to it by [chat.routes] "{published}" = "NAME".'
        )

    def _make_router(self) -> "ChatRouter":
        from outcrop.engines.chat.router import ChatRouter

        settings = self._settings
        models = {**self._local_models(), **self._remote_models()}
        routes = dict(settings.routes)
        if "*" not in routes:
            routes["*"] = self._best() if settings.model == AUTO else settings.model
        unknown = {name for name in routes.values() if name not in models}
        if unknown:
            raise ModelUnavailableError(
                f"[chat] routes to {', '.join(sorted(unknown))}: no weights and no table of the "
                "settings has that name. `outcrop models list` shows the weights."
            )
        return ChatRouter(routes=routes, models=models, memory_bytes=_memory_bytes(settings))

    def _best(self) -> str:
        """Return the name of the largest chat weights that lie on this machine."""
        present = [
            (sum(file.size for file in entry.files), entry.name)
            for entry in self._weights.entries()
            if entry.ability == ABILITY and self._weights.is_present(entry.name)
        ]
        if not present:
            raise ModelUnavailableError(
                "No chat model lies on this machine. `outcrop models pull default` fetches one."
            )
        return max(present)[1]

    def _local_models(self) -> dict[str, "Callable[[], ClosableChatModel]"]:
        return {
            entry.name: partial(self._local, entry.name)
            for entry in self._weights.entries()
            if entry.ability == ABILITY
        }

    def _local(self, name: str) -> "ClosableChatModel":
        try:
            path = self._weights.path(name)
        except WeightsMissingError as error:
            raise ModelUnavailableError(str(error)) from error
        if find_spec("xllamacpp") is None:  # Its worker imports it, not this process.
            raise ModelUnavailableError(
                "Models are run here by llama.cpp: `pip install 'outcrop[chat]'`."
            )
        from outcrop.engines.chat.llama_cpp import LlamaCppChatModel

        options = self._settings.weights.get(name, LlamaCppOptions())
        chosen: dict[str, Any] = {f.name: getattr(options, f.name) for f in fields(options)}
        settings = LlamaCppSettings(model=path, name=name, **chosen)
        return LlamaCppChatModel(settings, log=partial(logger.debug, "%s: %s", name))

    def _remote_models(self) -> dict[str, "Callable[[], ClosableChatModel]"]:
        from outcrop.engines.chat.anthropic import AnthropicChatModel
        from outcrop.engines.chat.openai_compatible import OpenAICompatibleChatModel
        from outcrop.engines.chat.scripted import ScriptedChatModel

        settings = self._settings
        return {
            **{
                name: partial(OpenAICompatibleChatModel, it) for name, it in settings.openai.items()
            },
            **{name: partial(AnthropicChatModel, it) for name, it in settings.anthropic.items()},
            **{name: partial(self._bedrock, name) for name in settings.bedrock},
            **{
                name: partial(ScriptedChatModel, it, name=name)
                for name, it in settings.scripted.items()
            },
        }

    def _bedrock(self, name: str) -> "ClosableChatModel":
        try:
            from outcrop.engines.chat.bedrock import BedrockChatModel
        except ImportError as error:
            raise ModelUnavailableError(
                "Amazon Bedrock is reached with boto3: `pip install 'outcrop[aws]'`."
            ) from error
        return BedrockChatModel(self._settings.bedrock[name])


def _memory_bytes(settings: ChatSettings) -> int:
    if settings.memory_mib is not None:
        return settings.memory_mib << 20
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4
