"""Hyperparameters as AWS's tables have them: names, ranges, defaults, and which are required.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/algos.html (each algorithm's page)
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.xgboost_algorithm.intervals import Interval

OF_OTHERS = ("sagemaker_", "_")
"""What the SDK and tuning jobs add for themselves starts so."""
CAUSE = "(caused by ValidationError)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a hyperparameter may be."""

    parse: Callable[[str], Any]
    allowed: Interval | Sequence[Any] | None = None
    default: Any = None
    is_required: bool = False
    words: Sequence[str] = ()
    """Texts that it may be instead, such as `auto`."""

    def read(self, name: str, text: str) -> Any:
        """Return the value of a text.

        Raises:
            CannotTrainError: It has none that is allowed.
        """
        if text in self.words:
            return text
        try:
            value = self.parse(text)
        except (TypeError, ValueError) as error:
            raise self._refusal(name, text) from error
        if self.allowed is not None and value not in self.allowed:
            raise self._refusal(name, text)
        return value

    def _refusal(self, name: str, text: str) -> CannotTrainError:
        expected = [*self.words]
        if isinstance(self.allowed, Interval):
            expected.append(f"a number in {self.allowed}")
        elif self.allowed is not None:
            expected.extend(str(one) for one in self.allowed)
        else:
            expected.append(f"a value of the type {self.parse.__name__.strip('_')}")
        return CannotTrainError(
            f"The value '{text}' is not valid for the '{name}' hyperparameter which expects one of"
            f" the following: {', '.join(expected)} {CAUSE}"
        )


def read_hyperparameters(given: Mapping[str, str], rules: Mapping[str, Rule]) -> Mapping[str, Any]:
    """Return a job's hyperparameters with their values, and the defaults of the others.

    Raises:
        CannotTrainError: One is missing, unknown or not allowed.
    """
    own = {name: it for name, it in given.items() if not name.startswith(OF_OTHERS)}
    unknown = [name for name in own if name not in rules]
    if unknown:
        named = ", ".join(f"'{name}'" for name in unknown)
        was = "were" if len(unknown) > 1 else "was"
        raise CannotTrainError(
            f"Additional hyperparameters are not allowed ({named} {was} unexpected) {CAUSE}"
        )
    missing = [name for name, rule in rules.items() if rule.is_required and name not in own]
    if missing:
        named = ", ".join(f"'{name}'" for name in missing)
        raise CannotTrainError(
            f"No value(s) were specified for {named} which are required hyperparameter(s) {CAUSE}"
        )
    return {
        name: rule.read(name, _unquoted(own[name])) if name in own else rule.default
        for name, rule in rules.items()
    }


def whole(notation: str, default: int | str | None = None, *, required: bool = False) -> Rule:
    """Return the rule of a whole number in an interval."""
    return _number(int, notation, default, required=required)


def real(notation: str, default: float | str | None = None) -> Rule:
    """Return the rule of a number in an interval."""
    return _number(float, notation, default, required=False)


def one_of(*values: str, default: str | None = None, required: bool = False) -> Rule:
    """Return the rule of a closed set of texts."""
    return Rule(parse=str, allowed=values, default=default, is_required=required)


def yes_or_no(default: bool | str) -> Rule:
    """Return the rule of a claim."""
    return Rule(parse=_truth, default=default, words=("auto",) if default == "auto" else ())


def listed(*values: str, default: Sequence[str]) -> Rule:
    """Return the rule of a list of texts, in JSON or with commas between them."""

    def parse(text: str) -> Sequence[str]:
        names = json.loads(text) if text.startswith("[") else text.split(",")
        names = [str(name).strip() for name in names]
        if any(name not in values for name in names):
            raise ValueError(text)
        return names

    return Rule(parse=parse, default=default)


def _number(
    parse: Callable[[str], Any], notation: str, default: float | str | None, *, required: bool
) -> Rule:
    words = (default,) if isinstance(default, str) else ()
    return Rule(
        parse=parse,
        allowed=Interval(notation),
        default=default,
        is_required=required,
        words=words,
    )


def _truth(text: str) -> bool:
    known = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]


def _unquoted(text: str) -> str:
    """Return a value as it was before it was written as JSON."""
    return str(json.loads(text)) if text.startswith('"') else text
