"""Personal data by rules, in a worker process: a slow pattern holds up nobody else."""

from collections.abc import Sequence
from typing import Any, cast

from outcrop.engines.personal_data.interface import Finding
from outcrop.engines.workers.engine import EngineFront, EngineProgram

PROGRAM = EngineProgram(
    module="outcrop.engines.personal_data.by_rules_worker",
    extra="language",
    libraries=("phonenumbers",),
)


class RuleDataFinder(EngineFront):
    """Implements `PersonalDataFinder`; its process is started on first use, ended when idle."""

    program = PROGRAM

    async def find(
        self, texts: Sequence[str], *, language: str, is_spoken: bool = False
    ) -> list[list[Finding]]:
        """See `PersonalDataFinder.find`."""
        asked = {"texts": list(texts), "language": language, "is_spoken": is_spoken}
        answer = await self._engine.ask(asked)
        found = cast("list[list[Any]]", answer.value)
        return [[Finding(*finding) for finding in each] for each in found]
