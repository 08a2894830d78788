"""Data-parallel training: every instance goes over its own images, gradients are shared."""

import copy
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from outcrop_runtime.image_classification.models import Shape
from outcrop_runtime.image_classification.pictures import stacked
from outcrop_runtime.image_classification.reading import Sample
from outcrop_runtime.training.distributed import Instances
from outcrop_runtime.training.errors import CannotTrainError


@dataclass(slots=True)
class Best:
    """The weights with the highest validation accuracy so far."""

    accuracy: float = -1.0
    epoch: int = 0
    weights: Mapping[str, Tensor] = field(default_factory=dict[str, Tensor])


class Fitting:
    """One training run."""

    def __init__(
        self,
        shape: Shape,
        network: nn.Module,
        samples: Mapping[str, Sequence[Sample]],
        wanted: Mapping[str, Any],
        instances: Instances,
    ) -> None:
        self._shape = shape
        self._frame = shape.frame
        self._wanted = wanted
        self._instances = instances
        self._samples = samples
        self._network = network.to(instances.device)
        self._parallel = instances.parallel(self._network)
        self._optimizer = _optimizer(self._network, wanted)
        self._rises = self._weights_of_classes()
        # All instances take the same number of steps: short of images, one begins again.
        most = max(instances.gather(len(samples["train"])))
        self._steps = math.ceil(most / wanted["mini_batch_size"])
        self._chance = np.random.default_rng(instances.rank)

    def run(self) -> Mapping[str, Tensor]:
        """Train, and return the weights with the highest validation accuracy."""
        best = Best()
        for epoch in range(self._wanted["epochs"]):
            began = time.monotonic()
            self._set_rate(epoch)
            told = {f"Train-{name}": value for name, value in self._train(epoch).items()}
            found = self._measure()
            told |= {f"Validation-{name}": value for name, value in found.items()}
            told |= {"Time cost": time.monotonic() - began}
            self._say(*(f"Epoch[{epoch}] {name}={value:.6f}" for name, value in told.items()))
            if found["accuracy"] > best.accuracy + self._tolerance(best):
                best = Best(found["accuracy"], epoch, copy.deepcopy(self._network.state_dict()))
                self._say(f"Storing the best model with validation accuracy: {best.accuracy:.6f}")
            if self._is_over(epoch, best):
                break
        return best.weights

    def _train(self, epoch: int) -> Mapping[str, float]:
        self._parallel.train()
        samples, size = self._samples["train"], self._wanted["mini_batch_size"]
        order = self._chance.permutation(len(samples))
        needed = self._steps * size
        order = np.tile(order, math.ceil(needed / len(order)))[:needed]
        sums = torch.zeros(2, dtype=torch.float64)
        for number in range(self._steps):
            some = [samples[place] for place in order[number * size :][:size]]
            images, labels = self._batch(some)
            self._optimizer.zero_grad(set_to_none=True)
            outputs = self._parallel(images)
            loss = self._loss(outputs, labels)
            loss.backward()
            self._optimizer.step()
            if not math.isfinite(float(loss.detach())):
                raise CannotTrainError(
                    f"The loss is no number any more in epoch {epoch}: lower the learning_rate,"
                    f" which was {self._wanted['learning_rate']}."
                )
            sums += self._right(outputs.detach(), labels)
        return self._told(sums, needed)

    def _measure(self) -> Mapping[str, float]:
        """Return how much of the channel `validation` is told right."""
        self._network.eval()
        samples, size = self._samples["validation"], self._wanted["mini_batch_size"]
        sums = torch.zeros(2, dtype=torch.float64)
        with torch.inference_mode():
            for start in range(0, len(samples), size):
                images = stacked(self._frame, [one.image for one in samples[start : start + size]])
                outputs = self._network(torch.from_numpy(images).to(self._instances.device))
                labels = self._labels(samples[start : start + size])
                sums += self._right(outputs, labels)
        return self._told(sums, len(samples))

    def _batch(self, some: Sequence[Sample]) -> tuple[Tensor, Tensor]:
        kind = self._wanted["augmentation_type"]
        if kind is None:
            images = stacked(self._frame, [one.image for one in some])
        else:
            frame = self._frame
            images = np.stack(
                [frame.by_chance(frame.open(one.image), kind, self._chance) for one in some]
            )
        return torch.from_numpy(images).to(self._instances.device), self._labels(some)

    def _labels(self, some: Sequence[Sample]) -> Tensor:
        return torch.from_numpy(np.array([one.label for one in some])).to(self._instances.device)

    def _loss(self, outputs: Tensor, labels: Tensor) -> Tensor:
        if not self._shape.has_many_labels:
            return nn.functional.cross_entropy(outputs, labels)
        return nn.functional.binary_cross_entropy_with_logits(
            outputs, labels, pos_weight=self._rises
        )

    def _weights_of_classes(self) -> Tensor | None:
        """Return what labels weigh that are there: more where they are rare."""
        if not (self._shape.has_many_labels and self._wanted["use_weighted_loss"]):
            return None
        mine = np.sum([one.label for one in self._samples["train"]], axis=0)
        count, *there = self._instances.total([len(self._samples["train"]), *mine.tolist()])
        weights = [(count - one) / max(one, 1.0) for one in there]
        return torch.tensor(weights, dtype=torch.float32, device=self._instances.device)

    def _right(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """Return how many are told right, and how many within the first `top_k`."""
        if self._shape.has_many_labels:
            right = ((outputs > 0) == (labels > 0.5)).double().mean(dim=1).sum()
            return torch.tensor([float(right), 0.0], dtype=torch.float64)
        count = min(self._wanted["top_k"] or 1, outputs.shape[1])
        first = outputs.topk(count, dim=1).indices == labels[:, None]
        return torch.tensor([float(first[:, 0].sum()), float(first.sum())], dtype=torch.float64)

    def _told(self, sums: Tensor, count: int) -> Mapping[str, float]:
        right, within, seen = self._instances.total([*sums.tolist(), float(count)])
        told = {"accuracy": right / seen}
        if self._wanted["top_k"] and not self._shape.has_many_labels:
            told[f"top_k_accuracy_{self._wanted['top_k']}"] = within / seen
        return told

    def _set_rate(self, epoch: int) -> None:
        fallen = sum(epoch >= step for step in self._wanted["lr_scheduler_step"])
        for group in self._optimizer.param_groups:
            factor = self._wanted["lr_scheduler_factor"] ** fallen
            group["lr"] = self._wanted["learning_rate"] * factor

    def _tolerance(self, best: Best) -> float:
        wants = self._wanted["early_stopping"] and best.accuracy > 0
        return self._wanted["early_stopping_tolerance"] * best.accuracy if wants else 0.0

    def _is_over(self, epoch: int, best: Best) -> bool:
        if not self._wanted["early_stopping"]:
            return False
        is_late = epoch + 1 >= self._wanted["early_stopping_min_epochs"]
        is_over = is_late and epoch - best.epoch >= self._wanted["early_stopping_patience"]
        if is_over:
            self._say(f"No better model since epoch {best.epoch}: training stops.")
        return is_over

    def _say(self, *lines: str) -> None:
        """Print lines, once for all instances."""
        if self._instances.rank == 0:
            at = time.strftime("%m/%d/%Y %H:%M:%S")
            for line in lines:
                print(f"[{at} INFO] {line}", flush=True)


def _optimizer(network: nn.Module, wanted: Mapping[str, Any]) -> torch.optim.Optimizer:
    rate, momentum = wanted["learning_rate"], wanted["momentum"]
    parameters = network.parameters()
    match wanted["optimizer"]:
        case "adam":
            betas = (wanted["beta_1"], wanted["beta_2"])
            return torch.optim.Adam(parameters, lr=rate, betas=betas, eps=wanted["eps"])
        case "rmsprop":
            return torch.optim.RMSprop(
                parameters, lr=rate, alpha=wanted["gamma"], eps=wanted["eps"]
            )
        case name:
            return torch.optim.SGD(
                parameters,
                lr=rate,
                momentum=momentum,
                weight_decay=wanted["weight_decay"],
                nesterov=name == "nag" and momentum > 0,
            )
