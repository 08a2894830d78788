"""Expressions read from text."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from outcrop.services.cloudwatch.metric_math.tree import (
    Application,
    Array,
    Name,
    Negation,
    Node,
    Number,
    Operation,
    Text,
)

TOKEN = re.compile(
    r"\s*(?:"
    r"(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)"
    r"|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\u201c[^\u201d]*\u201d)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^<>()\[\],])"
    r")"
)
LEVELS = (
    frozenset(("OR", "||")),
    frozenset(("AND", "&&")),
    frozenset(("==", "!=", "<=", ">=", "<", ">")),
    frozenset(("+", "-")),
    frozenset(("*", "/")),
)
"""Operators from those that bind least to those that bind most, before `^`."""
SAME = {"OR": "||", "AND": "&&"}
MOST_NESTED = 50


class ExpressionError(Exception):
    """An expression is none, or cannot be evaluated; the text says why."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a sign."""

    kind: str
    """`number`, `text`, `name`, `sign` or `end`."""
    text: str


def parse(text: str) -> Node:
    """Return the expression of a text.

    Raises:
        ExpressionError: The text breaks the grammar.
    """
    parser = _Parser(_tokens(text))
    node = parser.read(0)
    parser.expect("end")
    return node


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while text[at:].strip():
        found = TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise ExpressionError(f"Unexpected character '{text[at:].strip()[0]}'")
        tokens.append(Token(found.lastgroup, found[found.lastgroup]))
        at = found.end()
    return [*tokens, Token("end", "end of expression")]


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def read(self, level: int) -> Node:
        """Read operators of a level and of those that bind more."""
        if level == len(LEVELS):
            return self._read_signed()
        node = self.read(level + 1)
        while self._next.kind in {"sign", "name"} and self._next.text in LEVELS[level]:
            operator = self._take().text
            node = Operation(SAME.get(operator, operator), node, self.read(level + 1))
        return node

    def expect(self, text: str) -> None:
        """Pass over a sign, or the end, that must come next."""
        if text not in {self._next.text, self._next.kind}:
            raise ExpressionError(f"Unexpected '{self._next.text}'")
        self._take()

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _read_signed(self) -> Node:
        if self._next.text == "-" and self._next.kind == "sign":
            self._take()
            return self._nested(lambda: Negation(self._read_signed()))
        base = self._nested(self._read_operand)
        if self._next.text == "^":
            self._take()
            return Operation("^", base, self._nested(self._read_signed))
        return base

    def _nested(self, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise ExpressionError("The expression is nested too deeply")
        node = read()
        self._depth -= 1
        return node

    def _read_operand(self) -> Node:
        token = self._take()
        match token.kind, token.text:
            case "number", text:
                return Number(float(text))
            case "text", text:
                return Text(re.sub(r"\\(['\"])", r"\1", text[1:-1]))
            case "name", name if self._next.text == "(":
                self._take()
                return Application(name, self._read_list(")"))
            case "name", name:
                return Name(name)
            case "sign", "(":
                inner = self.read(0)
                self.expect(")")
                return inner
            case "sign", "[":
                return Array(self._read_list("]"))
            case _:
                raise ExpressionError(f"Unexpected '{token.text}'")

    def _read_list(self, end: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while self._next.text != end:
            items.append(self.read(0))
            if self._next.text != end:
                self.expect(",")
        self._take()
        return tuple(items)
