"""Bayesian search in a runtime of its own: what values to try next, from what was tried.

The search library is not the server's: it is installed when it is first needed, and asked in a
process of its own, which keeps nothing.
"""

import asyncio
import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from outcrop.jobs.runtimes import PROGRAMS, RuntimeStore, load_runtimes

RUNTIME = "optimiser"
LONGEST_SECONDS = 120.0
"""A question takes less than a second; trials by the thousand take longer."""
Parameters: TypeAlias = Mapping[str, float | str]
"""Numbers from 0 to 1, and choices."""


class OptimiserError(Exception):
    """The search did not answer; the message holds its last words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What was tried, or is being tried."""

    parameters: Parameters
    state: Literal["complete", "running", "failed"]
    value: float | None = None
    """Of a complete one, the higher the better."""


class Optimiser:
    """Searches by Optuna's tree-structured Parzen estimator."""

    def __init__(self, runtimes: RuntimeStore) -> None:
        self._runtimes = runtimes

    async def propose(
        self,
        space: Mapping[str, Sequence[str] | None],
        trials: Sequence[Trial],
        *,
        count: int,
        seed: int,
        say: Callable[[str], None],
    ) -> Sequence[Parameters]:
        """Return the parameters of the next trials.

        Args:
            space: The choices of each parameter by its name; `None` for a number from 0 to 1.
            trials: All that is known.
            count: How many are wanted.
            seed: The same question with the same seed has the same answer.
            say: Takes what pip says if the library is not installed yet.

        Raises:
            CannotInstallError: The library cannot be had.
            OptimiserError: It did not answer.
        """
        question = {
            "space": space,
            "trials": [
                {
                    "parameters": one.parameters,
                    "state": one.state,
                    **({} if one.value is None else {"value": one.value}),
                }
                for one in trials
            ],
            "count": count,
            "seed": seed,
        }
        path = await self._runtimes.install(load_runtimes()[RUNTIME], say=say)
        return await asyncio.to_thread(_ask, str(path / "bin" / "python"), question)


def _ask(python: str, question: Mapping[str, Any]) -> Sequence[Parameters]:
    command = (python, "-m", "outcrop_runtime.optimiser")
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command,
            input=json.dumps(question),
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=True,
            env={"PYTHONPATH": str(PROGRAMS), "OMP_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise OptimiserError(f"No answer within {LONGEST_SECONDS} seconds.") from error
    except subprocess.CalledProcessError as error:
        raise OptimiserError(error.stderr[-500:]) from error
    proposals: list[Parameters] = json.loads(done.stdout)
    return proposals
