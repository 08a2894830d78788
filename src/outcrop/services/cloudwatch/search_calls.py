"""Where an expression applies SEARCH, which is answered before the rest is evaluated."""

from collections.abc import Iterator
from dataclasses import dataclass

from outcrop.services.cloudwatch.metric_math import ExpressionError, Node
from outcrop.services.cloudwatch.metric_math.tree import (
    Application,
    Name,
    Number,
    Text,
    parts_of,
    rebuilt,
)

DEFAULT_PERIOD = 300


@dataclass(frozen=True, slots=True)
class SearchCall:
    """`SEARCH('{AWS/SageMaker} Loss', 'Average', 60)`."""

    query: str
    statistic: str
    period: int

    @property
    def key(self) -> str:
        """The name that stands for what is found."""
        return f"SEARCH {self.query} {self.statistic} {self.period}"

    @classmethod
    def of(cls, node: Application) -> "SearchCall":
        """Return the search of an expression.

        Raises:
            ExpressionError: Its arguments are wrong.
        """
        match node.arguments:
            case (Text(query), Text(statistic), Number(period)):
                return cls(query, statistic, int(period))
            case (Text(query), Text(statistic)):
                return cls(query, statistic, DEFAULT_PERIOD)
            case _:
                raise ExpressionError("SEARCH takes a query, a statistic and a period")


def searches_in(node: Node) -> Iterator[SearchCall]:
    """Give the searches of an expression."""
    for part in parts_of(node):
        if isinstance(part, Application) and part.function == "SEARCH":
            yield SearchCall.of(part)


def with_searches_named(node: Node) -> Node:
    """Return an expression in which the names of searches stand for them."""

    def change(part: Node) -> Node:
        if isinstance(part, Application) and part.function == "SEARCH":
            return Name(SearchCall.of(part).key)
        return part

    return rebuilt(node, change)
