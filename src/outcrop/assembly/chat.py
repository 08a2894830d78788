"""Chat, as the settings ask for it."""

from typing import Any

from outcrop.engines.chat.interface import ChatModel, ModelUnavailableError
from outcrop.engines.chat.settings import ChatSettings
from outcrop.weights import WeightStore


class LocalChat:
    """Answers for every model id with the best chat model that lies on this machine."""

    def __init__(self, settings: ChatSettings, weights: WeightStore) -> None:
        self._weights = weights
        self._model = settings.model
        self._models: dict[str, Any] = {}

    def model(self, model_id: str) -> ChatModel:
        """See `Chat.model`."""
        from outcrop.engines.chat.llama_cpp import LlamaCppChatModel, LlamaCppSettings

        best = ("qwen2.5-coder-1.5b-instruct-q4_k_m", "qwen2.5-coder-0.5b-instruct-q4_k_m")
        for name in best if self._model == "auto" else (self._model,):
            if self._weights.is_present(name):
                if name not in self._models:
                    self._models[name] = LlamaCppChatModel(
                        LlamaCppSettings(model=self._weights.path(name), name=name)
                    )
                return self._models[name]
        raise ModelUnavailableError(
            f"No weights answer for {model_id}: run `outcrop models pull default`."
        )

    async def close(self) -> None:
        for model in self._models.values():
            await model.close()
