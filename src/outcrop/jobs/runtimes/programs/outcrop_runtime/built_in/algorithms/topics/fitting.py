"""The training of a neural topic model, until its loss hardly changes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from outcrop_runtime.built_in.algorithms.topics.network import Losses, TopicNetwork
from outcrop_runtime.built_in.records import Rows, dense

Told = Callable[[str], None]
OPTIMIZERS: Mapping[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
    # It finds its rates itself: as MXNet has it, which AWS trains with, it takes none.
    "adadelta": lambda found, lr, **more: torch.optim.Adadelta(
        found, lr=1.0, rho=0.9, eps=1e-5, **more
    ),
}


@dataclass(frozen=True, slots=True)
class Epoch:
    """What an epoch came to."""

    number: int
    train: float
    """The mean loss of a document."""
    words: float
    divergence: float
    validation: float | None


class Fitting:
    """One training run."""

    def __init__(self, network: TopicNetwork, wanted: Mapping[str, Any]) -> None:
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._network = network.to(self._device)
        self._wanted = wanted
        self._optimizer = OPTIMIZERS[wanted["optimizer"]](
            network.parameters(), lr=wanted["learning_rate"], weight_decay=wanted["weight_decay"]
        )
        self._chance = torch.Generator().manual_seed(0)

    def run(self, train: Rows, validation: Rows | None) -> Iterator[Epoch]:
        """Train, and give each epoch: the last one is that after which nothing changes."""
        losses: list[float] = []
        for number in range(1, self._wanted["epochs"] + 1):
            words, divergence = self._train(train)
            held_out = self.measure(validation) if validation is not None else None
            yield Epoch(number, words + divergence, words, divergence, held_out)
            losses.append(words + divergence if held_out is None else held_out)
            if self._is_settled(losses):
                return

    def measure(self, rows: Rows) -> float:
        """Return the mean loss of documents that are not trained on."""
        self._network.eval()
        total = 0.0
        with torch.inference_mode():
            for some in torch.arange(rows.count).split(self._wanted["mini_batch_size"]):
                total += float(self._losses(rows, some).total) * len(some)
        return total / rows.count

    def _train(self, rows: Rows) -> tuple[float, float]:
        self._network.train()
        count = max(1, round(rows.count * self._wanted["sub_sample"]))
        order = torch.randperm(rows.count, generator=self._chance)[:count]
        words = divergence = 0.0
        for some in order.split(self._wanted["mini_batch_size"]):
            if len(some) == 1 and self._wanted["batch_norm"]:
                continue  # Of one there is nothing to normalize by.
            self._optimizer.zero_grad(set_to_none=True)
            losses = self._losses(rows, some)
            (losses.total * self._wanted["rescale_gradient"]).backward()
            if self._wanted["clip_gradient"] != float("inf"):
                nn.utils.clip_grad_value_(self._network.parameters(), self._wanted["clip_gradient"])
            self._optimizer.step()
            words += float(losses.words.detach()) * len(some)
            divergence += float(losses.divergence.detach()) * len(some)
        return words / count, divergence / count

    def _losses(self, rows: Rows, some: Tensor) -> Losses:
        counts = torch.from_numpy(dense(rows.features[some.numpy()]))
        return self._network.losses(counts.to(self._device))

    def _is_settled(self, losses: list[float]) -> bool:
        """Tell whether the loss has changed little over the last epochs."""
        patience = self._wanted["num_patience_epochs"]
        if len(losses) <= patience:
            return False
        last = losses[-patience - 1 :]
        return (max(last) - min(last)) / max(abs(last[0]), 1e-12) < self._wanted["tolerance"]
