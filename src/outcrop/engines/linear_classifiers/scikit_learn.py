"""Linear classifiers by scikit-learn, in a worker process."""

from collections.abc import Sequence

from outcrop.engines.linear_classifiers.interface import Vectors
from outcrop.engines.workers.engine import EngineFront, EngineProgram

PROGRAM = EngineProgram(
    module="outcrop.engines.linear_classifiers.scikit_learn_worker",
    extra="language",
    libraries=("numpy", "sklearn"),
)


class ScikitLearnClassifiers(EngineFront):
    """Implements `LinearClassifiers`; its process is started on first use, ended when idle."""

    program = PROGRAM

    async def train(
        self, vectors: Vectors, labels: Sequence[Sequence[str]], *, exclusive: bool
    ) -> bytes:
        """See `LinearClassifiers.train`."""
        request = {
            "dimensions": vectors.dimensions,
            "labels": [list(each) for each in labels],
            "exclusive": exclusive,
        }
        return (await self._engine.ask({"train": request}, vectors.rows)).blob

    async def classify(self, classifier: bytes, vectors: Vectors) -> list[dict[str, float]]:
        """See `LinearClassifiers.classify`."""
        request = {"classifier_bytes": len(classifier), "dimensions": vectors.dimensions}
        return (await self._engine.ask({"classify": request}, classifier + vectors.rows)).value
