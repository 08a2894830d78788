"""The networks that are trained: perceptrons over tables and texts, convolutions over images."""

from collections.abc import Iterable
from itertools import pairwise

import torch
from torch import Tensor, nn

from outcrop_runtime.default_model.columns import BUCKETS, Text, dense_width
from outcrop_runtime.default_model.description import Description

WORD_FEATURES = 32
IMAGE_FEATURES = (32, 64, 128)
"""Channels of the convolutions' blocks; each halves the image's sides."""


def network_of(description: Description) -> nn.Module:
    """Return the network of a model, with weights by chance."""
    if description.kind == "images":
        return ImageNetwork(description)
    return TableNetwork(description)


class TableNetwork(nn.Module):
    """A perceptron over features and the mean of words' embeddings."""

    def __init__(self, description: Description) -> None:
        super().__init__()
        width = dense_width(description.columns)
        self.words: nn.EmbeddingBag | None = None
        if any(isinstance(column, Text) for column in description.columns):
            words = nn.EmbeddingBag(BUCKETS, WORD_FEATURES, mode="mean", padding_idx=0)
            # Words that the training data do not have are to say next to nothing.
            nn.init.normal_(words.weight, std=0.01)
            self.words = words
            width += WORD_FEATURES
        self.layers = _perceptron(width, description)

    def forward(self, features: Tensor, words: Tensor) -> Tensor:
        """Return the outputs of rows.

        Args:
            features: float32, (rows, features).
            words: int64, (rows, words); 0 is no word.
        """
        if self.words is not None:
            features = torch.cat((features, self.words(words)), dim=1)
        return self.layers(features)


class ImageNetwork(nn.Module):
    """Three blocks of convolutions, their mean over the image, and a perceptron."""

    def __init__(self, description: Description) -> None:
        super().__init__()
        widths = (3, *IMAGE_FEATURES)
        self.blocks = nn.Sequential(
            *(part for before, after in pairwise(widths) for part in _convolutions(before, after))
        )
        self.layers = _perceptron(IMAGE_FEATURES[-1] * 4, description)

    def forward(self, images: Tensor) -> Tensor:
        """Return the outputs of images: uint8, (rows, 3, height, width)."""
        seen = self.blocks(images.float() / 127.5 - 1.0)
        # Two by two parts: where something is seen counts a little.
        parts = nn.functional.adaptive_avg_pool2d(seen, 2).flatten(1)
        return self.layers(parts)


def _convolutions(before: int, after: int) -> Iterable[nn.Module]:
    # Not batch normalisation: batches may be small, and differ between instances.
    yield nn.Conv2d(before, after, 3, padding=1)
    yield nn.GroupNorm(8, after)
    yield nn.ReLU()
    yield nn.Conv2d(after, after, 3, padding=1)
    yield nn.GroupNorm(8, after)
    yield nn.ReLU()
    yield nn.MaxPool2d(2, ceil_mode=True)


def _perceptron(width: int, description: Description) -> nn.Sequential:
    layers: list[nn.Module] = []
    for hidden in description.hidden:
        layers += [nn.Linear(width, hidden), nn.ReLU(), nn.Dropout(description.dropout)]
        width = hidden
    return nn.Sequential(*layers, nn.Linear(width, description.outputs))
