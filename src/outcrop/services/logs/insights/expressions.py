"""Expressions over a row: fields, arithmetic, comparisons and functions."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from outcrop.services.logs.insights.functions import FUNCTIONS, seconds_of
from outcrop.services.logs.insights.rows import Row, Value, as_number, as_text
from outcrop.services.logs.insights.tokens import MalformedQueryError, Token, TokenReader
from outcrop.services.logs.patterns import Expression as Pattern
from outcrop.services.logs.patterns import InvalidExpressionError

Expression: TypeAlias = Callable[[Row], Value]

COMPARISONS: Mapping[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "!=": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}
"""What the order of two values must be: below, equal or above zero."""
ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "%": lambda left, right: left % right,
    "^": lambda left, right: left**right,
}
MOST_NESTED = 60


class ExpressionReader:
    """Reads expressions from tokens; `or` binds least, then `and`, `not`, comparisons, sums."""

    def __init__(self, tokens: TokenReader) -> None:
        self._tokens = tokens
        self._depth = 0

    def read(self) -> Expression:
        """Return the expression that comes next.

        Raises:
            MalformedQueryError: None does.
        """
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise MalformedQueryError("the query is nested too deeply")
        expression = self._read_either()
        self._depth -= 1
        return expression

    def _read_either(self) -> Expression:
        sides = [self._read_both()]
        while self._tokens.takes("or"):
            sides.append(self._read_both())
        return sides[0] if len(sides) == 1 else lambda row: any(is_true(s(row)) for s in sides)

    def _read_both(self) -> Expression:
        sides = [self._read_negated()]
        while self._tokens.takes("and"):
            sides.append(self._read_negated())
        return sides[0] if len(sides) == 1 else lambda row: all(is_true(s(row)) for s in sides)

    def _read_negated(self) -> Expression:
        if self._tokens.takes("not"):
            self._depth += 1
            if self._depth > MOST_NESTED:
                raise MalformedQueryError("the query is nested too deeply")
            inner = self._read_negated()
            self._depth -= 1
            return lambda row: not is_true(inner(row))
        return self._read_comparison()

    def _read_comparison(self) -> Expression:
        left = self._read_sum()
        is_negated = self._tokens.takes("not")
        if self._tokens.takes("like", "=~"):
            found = self._read_pattern(left)
        elif self._tokens.takes("in"):
            found = self._read_membership(left)
        elif is_negated:
            raise self._tokens.error()
        elif self._tokens.next.text in COMPARISONS:
            holds = COMPARISONS[self._tokens.take().text]
            right = self._read_sum()
            return lambda row: _compared(left(row), right(row), holds)
        else:
            return left
        return (lambda row: not found(row)) if is_negated else found

    def _read_pattern(self, left: Expression) -> Callable[[Row], bool]:
        token = self._tokens.expect_kind("regex", "text")
        if token.kind == "regex":
            pattern = regex_of(token.text)
            return lambda row: pattern.occurs_in(as_text(left(row)))
        sought = unquoted(token.text)
        return lambda row: sought in as_text(left(row))

    def _read_membership(self, left: Expression) -> Callable[[Row], bool]:
        self._tokens.expect("[")
        choices = self._tokens.listed(self._read_sum)
        self._tokens.expect("]")
        equal = COMPARISONS["="]
        return lambda row: any(_compared(left(row), choice(row), equal) for choice in choices)

    def _read_sum(self) -> Expression:
        left = self._read_product()
        while self._tokens.next.text in {"+", "-"}:
            left = _combined(self._tokens.take().text, left, self._read_product())
        return left

    def _read_product(self) -> Expression:
        left = self._read_power()
        while self._tokens.next.text in {"*", "/", "%"}:
            left = _combined(self._tokens.take().text, left, self._read_power())
        return left

    def _read_power(self) -> Expression:
        base = self._read_operand()
        if self._tokens.takes("^"):
            return _combined("^", base, self._read_operand())
        return base

    def _read_operand(self) -> Expression:
        if self._tokens.takes("-"):
            return _combined("-", _constant(0.0), self._read_operand())
        if self._tokens.takes("("):
            inner = self.read()
            self._tokens.expect(")")
            return inner
        token = self._tokens.expect_kind("text", "number", "name", "quoted", "duration")
        if token.kind == "name" and self._tokens.takes("("):
            return self._read_application(token.text)
        if token.kind in {"name", "quoted"}:
            name = field_name(token.text)
            return lambda row: row.get(name)
        return _constant(_literal(token))

    def _read_application(self, name: str) -> Expression:
        arguments = [] if self._tokens.next.text == ")" else self._tokens.listed(self.read)
        self._tokens.expect(")")
        function = FUNCTIONS.get(name.lower())
        if function is None:
            raise MalformedQueryError(f"Invalid function name: {name}")
        return lambda row: _applied(function, [argument(row) for argument in arguments])


def regex_of(token: str) -> Pattern:
    """Return the regular expression of a token, whose groups may be named as in Java.

    Raises:
        MalformedQueryError: It is none.
    """
    body, _, flags = token[1:].rpartition("/")
    body = re.sub(r"\(\?<([A-Za-z]\w*)>", r"(?P<\1>", body)
    try:
        return Pattern.compile(body, ignore_case="i" in flags)
    except InvalidExpressionError as error:
        raise MalformedQueryError(f"invalid regular expression {token}: {error}") from error


def unquoted(token: str) -> str:
    """Return the text of a token in quotes."""
    return re.sub(r"\\(.)", r"\1", token[1:-1])


def _literal(token: Token) -> Value:
    match token.kind:
        case "text":
            return unquoted(token.text)
        case "duration":
            return seconds_of(token.text) * 1000
        case _:
            return float(token.text)


def _constant(value: Value) -> Expression:
    return lambda _: value


def field_name(token: str) -> str:
    """Return the name of a field, which backquotes may enclose."""
    return token.strip("`")


def is_true(value: Value) -> bool:
    """Tell whether a value counts as true."""
    return value not in {None, False, ""}


def _combined(sign: str, left: Expression, right: Expression) -> Expression:
    compute = ARITHMETIC[sign]

    def value(row: Row) -> Value:
        first, second = as_number(left(row)), as_number(right(row))
        if first is None or second is None:
            return None
        try:
            result = compute(first, second)
        except (ZeroDivisionError, OverflowError):
            return None
        return None if isinstance(result, complex) else float(result)

    return value


def _compared(left: Value, right: Value, holds: Callable[[int], bool]) -> bool:
    """Compare two values, as numbers if both are; what is missing is unequal to everything."""
    if left is None or right is None:
        return holds is COMPARISONS["!="]
    numbers = as_number(left), as_number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return holds((numbers[0] > numbers[1]) - (numbers[0] < numbers[1]))
    first, second = as_text(left), as_text(right)
    return holds((first > second) - (first < second))


def _applied(function: Callable[..., Value], arguments: Sequence[Value]) -> Value:
    try:
        return function(*arguments)
    except TypeError as error:
        raise MalformedQueryError("a function has too few or too many arguments") from error
    except (ValueError, OverflowError, ZeroDivisionError):
        return None
