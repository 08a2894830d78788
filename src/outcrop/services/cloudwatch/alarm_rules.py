"""The rules of composite alarms: `ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(c))`.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

import re
from collections.abc import Callable, Sequence

TOKEN = re.compile(
    r"\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*"
    r"(?:\"(?P<quoted>[^\"]+)\"|'(?P<single>[^']+)'|(?P<bare>[^\s()\"']+))\s*\)"
    r"|(?P<word>AND|OR|NOT|TRUE|FALSE)\b|(?P<sign>[()]))"
)
StateOf = Callable[[str], str]
"""Gives the state of the alarm of a name."""
Rule = Callable[[StateOf], bool]


class InvalidRuleError(Exception):
    """A rule breaks the grammar."""


def parse_rule(text: str) -> tuple[Rule, Sequence[str]]:
    """Return a rule and the names of the alarms that it asks for.

    Raises:
        InvalidRuleError: The text breaks the grammar.
    """
    reader = _Reader(text)
    rule = reader.read_either()
    reader.check_end()
    return rule, list(dict.fromkeys(reader.names))


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self.names: list[str] = []

    def read_either(self) -> Rule:
        sides = [self._read_both()]
        while self._takes("OR"):
            sides.append(self._read_both())
        return lambda state_of: any(side(state_of) for side in sides)

    def check_end(self) -> None:
        if self._text[self._at :].strip():
            raise self._error()

    def _read_both(self) -> Rule:
        sides = [self._read_single()]
        while self._takes("AND"):
            sides.append(self._read_single())
        return lambda state_of: all(side(state_of) for side in sides)

    def _read_single(self) -> Rule:
        self._depth += 1
        if self._depth > 100:
            raise InvalidRuleError("AlarmRule is nested too deeply")
        rule = self._read_operand()
        self._depth -= 1
        return rule

    def _read_operand(self) -> Rule:
        found = TOKEN.match(self._text, self._at)
        if found is None:
            raise self._error()
        self._at = found.end()
        if found["state"]:
            return self._state_rule(found)
        match found["word"] or found["sign"]:
            case "NOT":
                negated = self._read_single()
                return lambda state_of: not negated(state_of)
            case "(":
                inner = self.read_either()
                if not self._takes(")"):
                    raise self._error()
                return inner
            case "TRUE" | "FALSE" as word:
                return lambda _: word == "TRUE"
            case _:
                raise self._error()

    def _state_rule(self, found: re.Match[str]) -> Rule:
        wanted = found["state"]
        name = found["quoted"] or found["single"] or found["bare"]
        name = name.partition(":alarm:")[2] if name.startswith("arn:") else name
        self.names.append(name)
        return lambda state_of: state_of(name) == wanted

    def _takes(self, word: str) -> bool:
        found = TOKEN.match(self._text, self._at)
        if found is None or word not in {found["word"], found["sign"]}:
            return False
        self._at = found.end()
        return True

    def _error(self) -> InvalidRuleError:
        return InvalidRuleError(
            f"AlarmRule is invalid at position {self._at}: '{self._text[self._at :].strip()[:40]}'"
        )
