"""Tries all operations that one service implements."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from botocore.model import OperationModel

from conformance.calls import Client, Outcome, as_account
from conformance.cases import Case, broken_cases, valid_cases
from conformance.recipes import Recipe
from conformance.texts import NoTextError
from conformance.verdicts import judge
from outcrop.operations import Service

AT_ONCE = 4
"""Requests under way at a time."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A request whose answer does not conform."""

    case: str
    faults: list[str]
    shown: str


@dataclass(slots=True)
class Tally:
    """What came of one operation, or of all operations of a service."""

    tried: int = 0
    conforming: int = 0
    unsendable: int = 0
    """Requests that botocore cannot write, such as a path without one of its labels."""
    answered: set[str] = field(default_factory=set[str])
    """Operations that answered at least one request with success."""
    unreachable: set[str] = field(default_factory=set[str])
    """Operations that botocore does not send at all."""
    refused: list[str] = field(default_factory=list[str])
    """Valid requests that an error answered, with the error."""
    failures: list[Failure] = field(default_factory=list[Failure])

    def add(self, other: "Tally") -> None:
        """Count another tally in."""
        self.tried += other.tried
        self.conforming += other.conforming
        self.unsendable += other.unsendable
        self.answered |= other.answered
        self.unreachable |= other.unreachable
        self.refused += other.refused
        self.failures += other.failures


class Trial:
    """Sends the requests of one service."""

    def __init__(
        self, service: Service, client: Client, recipe: Recipe, accounts: Iterator[str]
    ) -> None:
        self._service = service
        self._client = client
        self._recipe = recipe
        self._accounts = accounts

    def run(self, operations: list[str]) -> Tally:
        """Try operations and return what came of all."""
        total = Tally()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for tally in pool.map(self._try_operation, operations):
                total.add(tally)
        return total

    def _try_operation(self, name: str) -> Tally:
        tally = Tally()
        if not self._client.can_send(name):
            tally.unreachable.add(name)
            return tally
        operation = self._client.operation_model(name)
        without = frozenset(self._recipe.without.get(name, ()))

        def valid(kind: str) -> Callable[[Mapping[str, Any]], Iterator[Case]]:
            return lambda given: (
                case for case in valid_cases(operation, given, without) if case.kind == kind
            )

        for cases in (
            valid("minimal"),
            valid("full"),
            lambda given: broken_cases(operation, given),
        ):
            self._try_cases(operation, cases, tally)
        return tally

    def _try_cases(
        self,
        operation: OperationModel,
        cases: Callable[[Mapping[str, Any]], Iterator[Case]],
        tally: Tally,
    ) -> None:
        """Try cases in an account of their own."""
        with as_account(next(self._accounts)):
            try:
                for case in cases(self._recipe.prepare(self._client, operation.name)):
                    self._try_case(case, tally)
            except NoTextError as error:
                tally.tried += 1
                tally.failures.append(Failure(operation.name, [f"no text: {error}"], ""))

    def _try_case(self, case: Case, tally: Tally) -> None:
        outcome = self._client.send(case.operation.name, case.request)
        if not outcome.is_sent:
            tally.unsendable += 1
            return
        must_fail = case.breaks and self._service.quirks.validates
        faults = judge(
            case.operation, outcome, must_fail=must_fail, more_errors=self._recipe.errors
        )
        tally.tried += 1
        if faults:
            tally.failures.append(Failure(str(case), faults, outcome.shown()))
            return
        tally.conforming += 1
        if not case.breaks:
            _note_valid(case, outcome, tally)


def _note_valid(case: Case, outcome: Outcome, tally: Tally) -> None:
    if outcome.status < 300:
        tally.answered.add(case.operation.name)
    else:
        error = outcome.answer["Error"]
        tally.refused.append(f"{case}: {error.get('Code')}: {error.get('Message')}")
