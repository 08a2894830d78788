"""The network: vectors of entities, and an encoder of addresses by their prefixes."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from outcrop_runtime.built_in.models import Model

NAME = "ipinsights"
PREFIXES = (8, 12, 16, 20, 24, 28, 32)
"""Lengths, in bits: networks, and addresses themselves."""
BUCKETS = 1 << 15
"""Prefixes go by their hash."""
SPREAD = np.uint32(0x9E3779B1)
"""Knuth's multiplier, which spreads neighbors over the buckets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a network is made of."""

    entities: int
    width: int
    layers: int
    """Of the encoder of addresses."""


class EventNetwork(nn.Module):
    """Scores events: the product of the entity's vector and the address's."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.entities = nn.Embedding(shape.entities, shape.width)
        self.prefixes = nn.EmbeddingBag(BUCKETS, shape.width, mode="mean")
        nn.init.normal_(self.entities.weight, std=0.1)
        nn.init.normal_(self.prefixes.weight, std=0.1)
        layers: list[nn.Module] = []
        for _ in range(shape.layers):
            layers += [nn.Linear(shape.width, shape.width), nn.ReLU()]
        self.encoder = nn.Sequential(*layers, nn.Linear(shape.width, shape.width))
        self.bias = nn.Parameter(torch.zeros(1))

    def vectors(self, entities: Tensor, prefixes: Tensor) -> tuple[Tensor, Tensor]:
        """Return the vectors of entities and of addresses: (events, width) both."""
        return self.entities(entities), self.encoder(self.prefixes(prefixes))

    def forward(self, entities: Tensor, prefixes: Tensor) -> Tensor:
        """Return the score of each event: the logarithm of the odds that it is a real one."""
        entity, address = self.vectors(entities, prefixes)
        return (entity * address).sum(dim=1) + self.bias


def prefixes_of(addresses: Any) -> Tensor:
    """Return the buckets of addresses' prefixes: int64, (addresses, prefixes)."""
    found = np.stack([addresses >> np.uint32(32 - length) for length in PREFIXES], axis=1)
    mixed = (found + np.arange(len(PREFIXES), dtype=np.uint32) * np.uint32(7919)) * SPREAD
    return torch.from_numpy((mixed >> np.uint32(32 - 15)).astype(np.int64))


def as_model(shape: Shape, network: nn.Module) -> Model:
    """Return a network as its files have it."""
    arrays = {name: one.cpu().numpy() for name, one in network.state_dict().items()}
    return Model(NAME, arrays, {"shape": asdict(shape)})


def from_model(model: Model) -> tuple[Shape, EventNetwork]:
    """Return the network of a model's files."""
    shape = Shape(**model.facts["shape"])
    network = EventNetwork(shape)
    network.load_state_dict({name: torch.from_numpy(one) for name, one in model.arrays.items()})
    return shape, network.eval()
