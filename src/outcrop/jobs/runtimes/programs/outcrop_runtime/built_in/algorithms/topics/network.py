"""The network of a neural topic model: documents → a normal distribution → topics → words.

Sources: https://arxiv.org/abs/1511.06038, https://arxiv.org/abs/1706.00359 (the Gaussian softmax),
https://arxiv.org/abs/1703.01488 (topics as products of experts)
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
LEAST = 1e-10
"""Of a word's probability, whose logarithm is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a network is made of."""

    words: int
    topics: int
    layers: Sequence[int]
    """Widths of the encoder's."""
    activation: str
    normalizes: bool
    """Whether batches are normalized behind each layer."""

    def facts(self) -> dict[str, Any]:
        """Return them as JSON has them."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Losses:
    """Of some documents, each the mean of theirs."""

    words: Tensor
    """Of telling the words by the topics."""
    divergence: Tensor
    """Of the topics from a standard normal distribution, by Kullback and Leibler."""

    @property
    def total(self) -> Tensor:
        """Both together: the evidence's lower bound, with its sign turned."""
        return self.words + self.divergence


class TopicNetwork(nn.Module):
    """Encodes documents' counts of words, and decodes topics."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in pairwise((shape.words, *shape.layers)):
            layers.append(nn.Linear(before, after))
            if shape.normalizes:
                layers.append(nn.BatchNorm1d(after))
            layers.append(ACTIVATIONS[shape.activation]())
        width = shape.layers[-1] if shape.layers else shape.words
        self.encoder = nn.Sequential(*layers)
        self.mean = nn.Linear(width, shape.topics)
        self.spread = nn.Linear(width, shape.topics)
        self.topics = nn.Linear(shape.topics, shape.words)
        for layer in (*self.encoder, self.mean, self.topics):
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)
        # At first every document is as uncertain as the standard normal distribution.
        nn.init.zeros_(self.spread.weight)
        nn.init.zeros_(self.spread.bias)

    def weights(self, counts: Tensor) -> Tensor:
        """Return the topics of documents: (documents, topics), each row of sum 1."""
        return self.mean(self._encoded(counts)).softmax(dim=1)

    def losses(self, counts: Tensor) -> Losses:
        """Return what documents cost: counts are float32, (documents, words)."""
        encoded = self._encoded(counts)
        mean, spread = self.mean(encoded), self.spread(encoded).clamp(-10, 10)
        drawn = mean
        if self.training:
            drawn = mean + torch.randn_like(mean) * (spread / 2).exp()
        told = self.topics(drawn.softmax(dim=1)).log_softmax(dim=1)
        divergence = (mean**2 + spread.exp() - spread - 1).sum(dim=1) / 2
        return Losses(-(counts * told).sum(dim=1).mean(), divergence.mean())

    def _encoded(self, counts: Tensor) -> Tensor:
        # Long documents and short ones of the same words are to be alike.
        return self.encoder(counts / counts.sum(dim=1, keepdim=True).clamp(min=1) * counts.shape[1])
