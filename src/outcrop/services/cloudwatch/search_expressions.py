"""SEARCH: the metrics whose names and dimensions match a query.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from outcrop.services.cloudwatch.metric_math import ExpressionError
from outcrop.services.cloudwatch.series import Metric

SCHEMA = re.compile(r"\s*\{([^}]*)\}\s*,?")
PART = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^,"]+?))\s*(?:,|$)')
TERM = re.compile(
    r"\s*(?:(?P<sign>[()])"
    r'|(?:(?P<property>"(?:[^"\\]|\\.)*"|[A-Za-z0-9_.:/@-]+)\s*=\s*)?'
    r'(?:"(?P<exact>(?:[^"\\]|\\.)*)"|(?P<partial>[^\s()"=]+)))'
)
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
Condition = Callable[[Metric], bool]


@dataclass(frozen=True, slots=True)
class Search:
    """A parsed query."""

    namespace: str | None
    dimensions: frozenset[str] | None
    """Exactly the names of a metric's dimensions; `None`: any."""
    condition: Condition

    @classmethod
    def parse(cls, query: str) -> "Search":
        """Return the search of a query.

        Raises:
            ExpressionError: The query breaks the grammar.
        """
        namespace, dimensions = None, None
        if schema := SCHEMA.match(query):
            first, *others = [
                re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
                for quoted, bare in PART.findall(schema[1])
            ]
            namespace, dimensions = first, frozenset(others)
            query = query[schema.end() :]
        tokens = _tokens(query)
        if not tokens and namespace is None:
            raise ExpressionError("SEARCH needs a metric schema or a search term")
        return cls(namespace, dimensions, _Reader(tokens).read_all())

    def finds(self, metric: Metric) -> bool:
        """Tell whether a metric matches."""
        return (
            self.namespace in {None, metric.namespace}
            and self.dimensions in {None, frozenset(name for name, _ in metric.dimensions)}
            and self.condition(metric)
        )


def tokens_of(text: str) -> set[str]:
    """Return the pieces of a name that a search finds it by, in lower case.

    They are its words, and the runs of whole words within it.
    """
    words = WORD.findall(text)
    runs = {
        "".join(words[start:stop])
        for start in range(len(words))
        for stop in range(start + 1, len(words) + 1)
    }
    return {run.lower() for run in runs}


def _tokens(query: str) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    at = 0
    while query[at:].strip():
        token = TERM.match(query, at)
        if token is None:
            raise ExpressionError(f"Unexpected '{query[at:].strip()[0]}' in the search term")
        found.append(token)
        at = token.end()
    return found


class _Reader:
    """Reads `AND`, `OR` and `NOT`; terms side by side must all match."""

    def __init__(self, tokens: Sequence[re.Match[str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def read_all(self) -> Condition:
        if not self._tokens:
            return lambda _: True
        condition = self._read_either()
        if self._at < len(self._tokens):
            raise ExpressionError("Unexpected ')' in the search term")
        return condition

    def _read_either(self) -> Condition:
        sides = [self._read_both()]
        while self._takes("OR"):
            sides.append(self._read_both())
        return sides[0] if len(sides) == 1 else lambda metric: any(side(metric) for side in sides)

    def _read_both(self) -> Condition:
        sides = [self._read_single()]
        while self._at < len(self._tokens) and self._word not in {"OR", ")"}:
            self._takes("AND")
            sides.append(self._read_single())
        return sides[0] if len(sides) == 1 else lambda metric: all(side(metric) for side in sides)

    def _read_single(self) -> Condition:
        if self._takes("NOT"):
            negated = self._read_single()
            return lambda metric: not negated(metric)
        if self._takes("("):
            inner = self._read_either()
            if not self._takes(")"):
                raise ExpressionError("A ')' is missing in the search term")
            return inner
        if self._at == len(self._tokens):
            raise ExpressionError("The search term ends too early")
        token = self._tokens[self._at]
        self._at += 1
        return _condition(token)

    @property
    def _word(self) -> str:
        token = self._tokens[self._at]
        return token["sign"] or ("" if token["property"] else token["partial"] or "")

    def _takes(self, word: str) -> bool:
        if self._at < len(self._tokens) and self._word == word:
            self._at += 1
            return True
        return False


def _condition(token: re.Match[str]) -> Condition:
    name = (token["property"] or "").strip('"')
    if token["exact"] is not None:
        wanted = re.sub(r"\\(.)", r"\1", token["exact"])
        return lambda metric: wanted in _texts(metric, name)
    if token["partial"] is None:
        raise ExpressionError(f"Unexpected '{token[0].strip()}' in the search term")
    pieces = "".join(WORD.findall(token["partial"])).lower()
    return lambda metric: any(pieces in tokens_of(text) for text in _texts(metric, name))


def _texts(metric: Metric, name: str) -> Iterable[str]:
    """Return the texts of a metric that a property names; without one, all."""
    if name == "MetricName":
        return [metric.name]
    if name == "Namespace":
        return [metric.namespace]
    if name:
        return [value for dimension, value in metric.dimensions if dimension == name]
    dimensions = [text for pair in metric.dimensions for text in pair]
    return [metric.name, metric.namespace, *dimensions]
