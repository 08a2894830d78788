"""Topics by latent Dirichlet allocation, in a worker process.

Source: https://www.jmlr.org/papers/v3/blei03a.html
"""

from collections.abc import Callable, Sequence

from outcrop.engines.topics.interface import TopicModel
from outcrop.engines.workers.engine import EngineProgram, WorkerEngine
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.weights import WeightStore

PROGRAM = EngineProgram(
    module="outcrop.engines.topics.lda_worker", extra="language", libraries=("numpy",)
)


def _ignore(_: str) -> None:
    pass


class LdaTopicModeler:
    """Implements `TopicModeler`; its process is started on first use, ended when idle."""

    def __init__(
        self,
        store: WeightStore,
        *,
        settings: WorkerSettings | None = None,
        log: Callable[[str], None] = _ignore,
    ) -> None:
        self._engine = WorkerEngine(PROGRAM, store, settings=settings, log=log)

    async def model(
        self, documents: Sequence[Sequence[str]], *, topics: int, terms: int
    ) -> TopicModel:
        """See `TopicModeler.model`."""
        request = {
            "documents": [list(each) for each in documents],
            "topics": topics,
            "terms": terms,
        }
        found = (await self._engine.ask(request)).value
        return TopicModel(
            terms=[[(word, weight) for word, weight in each] for each in found["terms"]],
            shares=found["shares"],
        )

    async def close(self) -> None:
        """Stop the process."""
        await self._engine.close()
