"""What a model is made of on disk: facts in JSON and arrays of NumPy's; nothing is executed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

FACTS, ARRAYS = "model_algo-1.json", "model_algo-1.npz"


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model."""

    algorithm: str
    """Whose it is."""
    arrays: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def save(self, folder: Path) -> None:
        """Write it."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / ARRAYS, allow_pickle=False, **self.arrays)
        document = {"algorithm": self.algorithm, **self.facts}
        (folder / FACTS).write_text(json.dumps(document), encoding="utf-8")


def load(folder: Path) -> Model:
    """Return the model of a folder.

    Raises:
        FileNotFoundError: There is none.
    """
    path = folder / FACTS
    if not path.exists():
        raise FileNotFoundError(
            f"There is no {FACTS} in the model: models of AWS's own are not read here; train it"
            " here, or serve it by an image of a framework."
        )
    facts = json.loads(path.read_text(encoding="utf-8"))
    with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
        return Model(facts.pop("algorithm"), dict(arrays), facts)
