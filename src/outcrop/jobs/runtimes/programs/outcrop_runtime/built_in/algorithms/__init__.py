"""One module each: its hyperparameters, its training, its predictions."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from outcrop_runtime.built_in.hyperparameters import Rule
from outcrop_runtime.built_in.models import Model
from outcrop_runtime.built_in.records import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What an algorithm trains on."""

    train: Rows
    validation: Rows | None = None
    test: Rows | None = None
    vocabulary: Sequence[str] = ()
    """The names of the columns, where the channel `auxiliary` has them."""
    tell: Callable[[str, float], None]
    """Prints a metric: `test msd <loss>`, and its value."""


class Predictor(Protocol):
    """A model that is ready to answer."""

    width: int
    """How many columns the rows have."""

    def predict(self, features: Any) -> Sequence[Mapping[str, Any]]:
        """Return an answer for each row, its members in the order of CSV."""
        ...


class Algorithm(Protocol):
    """What each module has."""

    RULES: Mapping[str, Rule]
    """Its hyperparameters."""
    LABELLED: bool
    """Whether its rows must have labels."""
    Predictor: Callable[[Model], Predictor]

    def train(self, data: Data, wanted: Mapping[str, Any]) -> Model:
        """Train, and return the model."""
        ...


def find_algorithm(name: str) -> Algorithm:
    """Return an algorithm by the repository of its image."""
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    return cast("Algorithm", module)
