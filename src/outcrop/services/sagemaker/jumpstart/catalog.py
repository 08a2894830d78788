"""The models of the public hub: what the catalogue says of each."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from outcrop.weights import Entry
from outcrop.weights.catalog_reader import shipped_catalog

Kind: TypeAlias = Literal["chat", "embeddings", "classification", "regression"]
FILE = Path(__file__).with_name("catalog.toml")
TABULAR = ("classification", "regression")
"""The kinds whose models users train."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicModel:
    """One model of the public hub."""

    id: str
    """`huggingface-llm-…`: framework, task, name."""
    version: str
    kind: Kind
    weights: Entry | None
    """What it is made of; `None`: users train it."""

    @property
    def is_trained(self) -> bool:
        """Whether users train it."""
        return self.kind in TABULAR

    @property
    def hub_name(self) -> str:
        """What its publisher calls it; empty for one that users train."""
        return self.weights.hub_names[0] if self.weights else ""

    @property
    def framework(self) -> str:
        """The first part of its id."""
        return self.id.partition("-")[0]

    @property
    def task(self) -> str:
        """The second part of its id."""
        return self.id.split("-")[1]


@dataclass(frozen=True, slots=True)
class PublicCatalog:
    """The catalogue."""

    models: Sequence[PublicModel]
    released: datetime
    digest: str
    """Of the text: tells catalogues apart."""


@cache
def load_catalog() -> PublicCatalog:
    """Return the catalogue that comes with Outcrop."""
    text = FILE.read_text(encoding="utf-8")
    document: Mapping[str, Any] = tomllib.loads(text)
    weights = shipped_catalog()
    released: date = document["released"]
    models = [
        PublicModel(
            id=entry["id"],
            version=entry["version"],
            kind=entry["kind"],
            weights=weights.entry(entry["weights"]) if "weights" in entry else None,
        )
        for entry in document["models"]
    ]
    return PublicCatalog(
        models=models,
        released=datetime.combine(released, time(), UTC),
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )
