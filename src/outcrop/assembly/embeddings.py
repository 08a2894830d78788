"""Embeddings, as the settings ask for them."""

from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING

from outcrop.engines.embeddings.interface import Embedder, EmbedderUnavailableError
from outcrop.engines.embeddings.models import KNOWN_MODELS, EmbeddingModel
from outcrop.engines.embeddings.settings import EmbeddingsSettings
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.weights import WeightsMissingError, WeightStore

if TYPE_CHECKING:
    from outcrop.engines.embeddings.onnx import OnnxEmbedder
    from outcrop.engines.embeddings.router import EmbeddingsRouter


class LazyEmbeddings:
    """Embeddings whose libraries, NumPy among them, are imported with the first request."""

    def __init__(self, settings: EmbeddingsSettings, weights: WeightStore) -> None:
        self._settings = settings
        self._weights = weights
        self._router: EmbeddingsRouter | None = None

    def model(self, model_id: str) -> Embedder:
        """See `Embeddings.model`."""
        if self._router is None:
            self._router = self._make_router()
        return self._router.model(model_id)

    def published(self, name: str) -> Embedder:
        """See `Embeddings.published`."""
        if self._router is None:
            self._router = self._make_router()
        return self._router.named(self._name_of(name))

    async def close(self) -> None:
        """Close the embedders that were made."""
        if self._router is not None:
            await self._router.close()

    def _name_of(self, published: str) -> str:
        """Return the embedder that a publisher's name stands for."""
        for pattern, name in self._settings.routes.items():
            if pattern != "*" and fnmatchcase(published, pattern):
                return name
        entries = [one for one in self._weights.entries() if one.name in KNOWN_MODELS]
        for entry in entries:
            if entry.is_called(published):
                return entry.name
        if published in self._settings.remote:
            return published
        known = ", ".join(name for entry in entries for name in entry.hub_names[:1])
        raise EmbedderUnavailableError(
            f"No embedder here is {published}; there are {known}. Add a server that runs it by"
            f' [embeddings.remote.NAME], and route to it by [embeddings.routes] "{published}" ='
            ' "NAME".'
        )

    def _make_router(self) -> "EmbeddingsRouter":
        try:
            from outcrop.engines.embeddings.onnx import OnnxEmbedder, OnnxEmbedderSettings
            from outcrop.engines.embeddings.openai_compatible import OpenAiCompatibleEmbedder
            from outcrop.engines.embeddings.router import EmbeddingsRouter
        except ImportError as error:
            raise EmbedderUnavailableError(
                "Embeddings need `pip install 'outcrop[embeddings]'`."
            ) from error
        settings, weights = self._settings, self._weights

        def local(model: EmbeddingModel) -> "OnnxEmbedder":
            try:
                path = weights.path(model.name)
            except WeightsMissingError as error:
                raise EmbedderUnavailableError(str(error)) from error
            return OnnxEmbedder(
                OnnxEmbedderSettings(
                    path=path,
                    model=model,
                    threads=settings.threads,
                    worker=WorkerSettings(idle_seconds=settings.idle_seconds),
                )
            )

        return EmbeddingsRouter(
            routes=settings.routes,
            embedders={
                **{name: partial(local, model) for name, model in KNOWN_MODELS.items()},
                **{
                    name: partial(OpenAiCompatibleEmbedder, remote)
                    for name, remote in settings.remote.items()
                },
            },
        )
