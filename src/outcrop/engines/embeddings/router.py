"""Which embedder answers for which foundation model."""

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Protocol, TypeAlias

from outcrop.engines.embeddings.interface import Embedder, EmbedderUnavailableError


class ClosableEmbedder(Embedder, Protocol):
    """An embedder that holds something: a process, connections."""

    async def close(self) -> None:
        """Let go of it."""
        ...


Make: TypeAlias = Callable[[], ClosableEmbedder]


class EmbeddingsRouter:
    """Finds embedders by patterns of model ids, and makes each when it is first asked for."""

    def __init__(self, *, routes: Mapping[str, str], embedders: Mapping[str, Make]) -> None:
        """Prepare to route; no embedder is made yet.

        Args:
            routes: The name of an embedder by a pattern of model ids, such as
                `cohere.embed-english-*`; the first pattern that fits decides.
            embedders: What makes each embedder, by name.
        """
        self._routes = routes
        self._makers = embedders
        self._embedders: dict[str, ClosableEmbedder] = {}

    def model(self, model_id: str) -> Embedder:
        """See `Embeddings.model`."""
        name = self._name_for(model_id)
        if name not in self._makers:
            raise EmbedderUnavailableError(
                f"{model_id} is routed to {name!r}, but no embedder has that name."
            )
        return self.named(name)

    def named(self, name: str) -> Embedder:
        """Return an embedder by its own name.

        Raises:
            EmbedderUnavailableError: None has that name.
        """
        if name not in self._embedders:
            if name not in self._makers:
                raise EmbedderUnavailableError(f"No embedder is called {name!r}.")
            self._embedders[name] = self._makers[name]()
        return self._embedders[name]

    async def close(self) -> None:
        """Close all embedders that were made."""
        while self._embedders:
            _, embedder = self._embedders.popitem()
            await embedder.close()

    def _name_for(self, model_id: str) -> str:
        for pattern, name in self._routes.items():
            if fnmatchcase(model_id, pattern):
                return name
        raise EmbedderUnavailableError(f"No route for embeddings answers for {model_id}.")
