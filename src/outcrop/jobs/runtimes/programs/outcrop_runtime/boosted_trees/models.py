"""What the algorithms leave for endpoints: the library's own file, and facts in JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

FACTS = "model.json"


class Trees(Protocol):
    """A model of either library, and how it is trained and kept."""

    def save(self, path: Path) -> None:
        """Write it."""
        ...

    def predict(self, features: Any) -> Any:
        """Return numbers, (rows,), or the classes' probabilities, (rows, classes)."""
        ...


def save(trees: Trees, folder: Path, facts: Mapping[str, Any]) -> None:
    """Write a model.

    Args:
        trees: It.
        folder: Where.
        facts: The `library`, the `classes` (none: numbers), the `width` and the `categories`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    trees.save(folder / f"model.{facts['library']}")
    (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")


def both(probabilities: Any) -> Any:
    """Return the probabilities of two classes for those of the second."""
    return np.column_stack([1 - probabilities, probabilities])
