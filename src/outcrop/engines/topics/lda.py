"""Topics by latent Dirichlet allocation, in a worker process.

Source: https://www.jmlr.org/papers/v3/blei03a.html
"""

from collections.abc import Sequence

from outcrop.engines.topics.interface import TopicModel
from outcrop.engines.workers.engine import EngineFront, EngineProgram

PROGRAM = EngineProgram(
    module="outcrop.engines.topics.lda_worker", extra="language", libraries=("numpy",)
)


class LdaTopicModeler(EngineFront):
    """Implements `TopicModeler`; its process is started on first use, ended when idle."""

    program = PROGRAM

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
