"""Tries all operations that one service implements."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from botocore.exceptions import ClientError
from botocore.model import OperationModel

from conformance.calls import Client, Outcome
from conformance.cases import Case, Requests
from conformance.recipes import Recipe
from conformance.texts import NoTextError
from conformance.verdicts import judge, judge_refusal
from outcrop.operations import Service

AT_ONCE = 4
"""Requests under way at a time."""
EVENTS_OF_ENDLESS = 2
"""How many events are read of a stream that does not end."""
READING = ("Get", "List", "Describe", "Head")
"""How operations begin that change nothing."""


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
    unavailable: int = 0
    """Requests with members that Outcrop says it does not implement."""
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
        self.unavailable += other.unavailable
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
        try:
            self._try_valid(operation, tally)
            with self._prepared(operation) as requests:
                for case in requests.broken():
                    self._try_case(case, tally)
        except NoTextError as error:
            tally.add(_not_made(name, f"no text: {error}"))
        except ClientError as error:
            tally.add(_not_made(name, f"the recipe failed: {error}"))
        return tally

    def _try_valid(self, operation: OperationModel, tally: Tally) -> None:
        """Try valid requests, each in an account that no earlier one has changed."""
        position, count = 0, 1
        while position < count:
            with self._prepared(operation) as requests:
                cases = list(requests.valid())
                count = len(cases)
                for case in cases[position:]:
                    position += 1
                    if self._try_case(case, tally) and not operation.name.startswith(READING):
                        break

    @contextmanager
    def _prepared(self, operation: OperationModel) -> Iterator[Requests]:
        """Enter an account of its own, with what the recipe puts there."""
        with self._recipe.account(self._client, next(self._accounts)):
            yield Requests(
                operation=operation,
                given=self._recipe.prepare(self._client, operation.name),
                needed=self._recipe.needed.get(operation.name, ()),
                without=self._recipe.left_out(operation.name),
            )

    def _try_case(self, case: Case, tally: Tally) -> bool:
        """Send a request, judge what comes back, and return whether it was a success."""
        if self._recipe.is_unavailable(case.request):
            tally.unavailable += 1
            return False
        most_events = EVENTS_OF_ENDLESS if case.operation.name in self._recipe.endless else None
        outcome = self._client.send(case.operation.name, case.request, most_events=most_events)
        if not outcome.is_sent:
            tally.unsendable += 1
            return False
        if case.breaks:
            is_held = self._service.quirks.validates
            faults = judge_refusal(case.operation, outcome, self._recipe, is_held=is_held)
        else:
            faults = judge(case.operation, outcome, self._recipe)
        tally.tried += 1
        if faults:
            tally.failures.append(Failure(str(case), faults, outcome.shown()))
        else:
            tally.conforming += 1
        if not case.breaks and not faults:
            _note_valid(case, outcome, tally)
        return outcome.status < 300


def _not_made(operation: str, reason: str) -> Tally:
    return Tally(tried=1, failures=[Failure(operation, [reason], "")])


def _note_valid(case: Case, outcome: Outcome, tally: Tally) -> None:
    if outcome.status < 300:
        tally.answered.add(case.operation.name)
    else:
        error = outcome.answer["Error"]
        tally.refused.append(f"{case}: {error.get('Code')}: {error.get('Message')}")
