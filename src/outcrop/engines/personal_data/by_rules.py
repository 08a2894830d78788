"""Personal data by rules, in a worker process: a slow pattern holds up nobody else."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from outcrop.engines.personal_data.interface import Finding
from outcrop.engines.workers.engine import EngineProgram, WorkerEngine
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.weights import WeightStore

PROGRAM = EngineProgram(
    module="outcrop.engines.personal_data.by_rules_worker",
    extra="language",
    libraries=("phonenumbers",),
)


def _ignore(_: str) -> None:
    pass


class RuleDataFinder:
    """Implements `PersonalDataFinder`; its process is started on first use, ended when idle."""

    def __init__(
        self,
        store: WeightStore,
        *,
        settings: WorkerSettings | None = None,
        log: Callable[[str], None] = _ignore,
    ) -> None:
        self._engine = WorkerEngine(PROGRAM, store, settings=settings, log=log)

    async def find(
        self, texts: Sequence[str], *, language: str, is_spoken: bool = False
    ) -> list[list[Finding]]:
        """See `PersonalDataFinder.find`."""
        asked = {"texts": list(texts), "language": language, "is_spoken": is_spoken}
        answer = await self._engine.ask(asked)
        found = cast("list[list[Any]]", answer.value)
        return [[Finding(*finding) for finding in each] for each in found]

    async def close(self) -> None:
        """Stop the process."""
        await self._engine.close()
