"""The parts of a parsed expression."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    """`2.5`."""

    value: float


@dataclass(frozen=True, slots=True)
class Text:
    """`"errors"`."""

    value: str


@dataclass(frozen=True, slots=True)
class Name:
    """The id of a query, or a word such as `REPEAT` or `DESC`."""

    value: str


@dataclass(frozen=True, slots=True)
class Array:
    """`[m1, m2]`."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """`-m1`."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class Operation:
    """`m1 + m2`."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Application:
    """`FILL(m1, 0)`."""

    function: str
    arguments: tuple["Node", ...]


Node: TypeAlias = Number | Text | Name | Array | Negation | Operation | Application


def parts_of(node: Node) -> Iterator[Node]:
    """Give an expression and all that it is made of."""
    yield node
    for child in children_of(node):
        yield from parts_of(child)


def children_of(node: Node) -> tuple[Node, ...]:
    """Return the parts that an expression is made of at first hand."""
    match node:
        case Array(items) | Application(_, items):
            return items
        case Negation(operand):
            return (operand,)
        case Operation(_, left, right):
            return (left, right)
        case _:
            return ()


def names_in(node: Node) -> Iterator[str]:
    """Give the names that occur in an expression."""
    return (part.value for part in parts_of(node) if isinstance(part, Name))


def uses(node: Node, function: str) -> bool:
    """Tell whether an expression applies a function."""
    return any(isinstance(p, Application) and p.function == function for p in parts_of(node))


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return an expression with each of its parts changed, the innermost first."""
    match node:
        case Array(items):
            return change(Array(tuple(rebuilt(item, change) for item in items)))
        case Application(function, arguments):
            return change(Application(function, tuple(rebuilt(each, change) for each in arguments)))
        case Negation(operand):
            return change(Negation(rebuilt(operand, change)))
        case Operation(operator, left, right):
            return change(Operation(operator, rebuilt(left, change), rebuilt(right, change)))
        case _:
            return change(node)
