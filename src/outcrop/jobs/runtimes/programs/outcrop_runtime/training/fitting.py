"""Data-parallel training: every instance goes over its own rows, gradients are shared."""

import copy
import math
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import FrameType

import torch
from torch import Tensor, nn

from outcrop_runtime.default_model.description import Description
from outcrop_runtime.training.distributed import Instances
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.examples import Examples, batch_size_for
from outcrop_runtime.training.hyperparameters import Hyperparameters

LEARNING_RATE = 3e-3
WARM_UP = 0.1
"""The part of all steps in which the learning rate rises."""
LARGEST_GRADIENT = 5.0
ROWS_AT_ONCE = 1024
"""In measuring, where no gradients are kept."""


@dataclass(frozen=True, slots=True)
class Data:
    """The examples of one instance."""

    train: Examples
    validation: Examples


@dataclass(slots=True)
class Best:
    """The weights with the lowest loss so far."""

    loss: float = math.inf
    epoch: int = 0
    weights: Mapping[str, Tensor] = field(default_factory=dict[str, Tensor])


class Fitting:
    """One training run."""

    def __init__(
        self,
        description: Description,
        network: nn.Module,
        data: Data,
        wanted: Hyperparameters,
        instances: Instances,
    ) -> None:
        device = instances.device
        self._description = description
        self._instances = instances
        self._wanted = wanted
        self.device = device
        self.network = network.to(device)
        self.data = Data(data.train.to(device), data.validation.to(device))
        self._parallel = instances.parallel(self.network)
        rows = instances.gather(len(data.train))
        self._batch = wanted.batch_size or batch_size_for(sum(rows) // len(rows))
        # All instances take the same number of steps: short of rows, one begins again.
        self._steps = math.ceil(max(rows) / self._batch)
        self._has_validation = sum(instances.gather(len(data.validation))) > 0
        self._optimizer = torch.optim.AdamW(
            network.parameters(), lr=self._rate, weight_decay=wanted.weight_decay
        )
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimizer, self._height)
        self._order = torch.Generator().manual_seed(wanted.seed + instances.rank)
        self._is_asked_to_end = False

    @property
    def batch_size(self) -> int:
        """Rows of a step, on each instance."""
        return self._batch

    def run(self) -> Mapping[str, float]:
        """Train, keep the best weights in the network, and return their metrics."""
        signal.signal(signal.SIGTERM, self._end_soon)
        best, metrics = Best(), dict[str, float]()
        for epoch in range(1, self._wanted.epochs + 1):
            began = time.monotonic()
            found = {"train:loss": self._train()}
            if self._has_validation:
                found |= self.measure(self.data.validation, "validation")
            seconds = time.monotonic() - began
            self._say(epoch, found, seconds)
            loss = found.get("validation:loss", found["train:loss"])
            if not math.isfinite(loss):
                raise CannotTrainError(
                    f"The loss is no number any more in epoch {epoch}: lower the hyperparameter"
                    f" learning-rate, which was {self._rate}."
                )
            if loss < best.loss:
                best = Best(loss, epoch, copy.deepcopy(self.network.state_dict()))
                metrics = found
            if self._is_over(epoch, best):
                break
        if best.weights:
            self.network.load_state_dict(best.weights)
        return {"epoch": best.epoch, **metrics}

    def measure(self, examples: Examples, name: str) -> Mapping[str, float]:
        """Return the metrics of the examples of all instances."""
        self.network.eval()
        loss = right = distance = 0.0
        with torch.inference_mode():
            for start in range(0, len(examples), ROWS_AT_ONCE):
                rows = torch.arange(start, min(start + ROWS_AT_ONCE, len(examples)))
                some = examples.pick(rows.to(self._instances.device))
                outputs = self.network(*some.inputs)
                loss += float(self._loss(outputs, some.targets)) * len(some)
                if self._description.classes:
                    right += float((outputs.argmax(dim=1) == some.targets).sum())
                else:
                    distance += float(((outputs[:, 0] - some.targets) ** 2).sum())
        count, loss, right, distance = self._instances.total((len(examples), loss, right, distance))
        if self._description.classes:
            return {f"{name}:loss": loss / count, f"{name}:accuracy": right / count}
        rmse = math.sqrt(distance / count) * self._description.scale
        return {f"{name}:loss": loss / count, f"{name}:rmse": rmse}

    def _train(self) -> float:
        """Go once over the rows and return the mean loss of all instances."""
        self._parallel.train()
        order = torch.randperm(len(self.data.train), generator=self._order)
        needed = max(len(order), (self._steps - 1) * self._batch + 1)
        order = order.repeat(math.ceil(needed / len(order)))[:needed]
        total = torch.zeros((), device=self._instances.device)
        for rows in order.to(self._instances.device).split(self._batch):
            some = self.data.train.pick(rows)
            self._optimizer.zero_grad(set_to_none=True)
            loss = self._loss(self._parallel(*some.inputs), some.targets)
            loss.backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
            self._optimizer.step()
            self._schedule.step()
            total += loss.detach() * len(some)
        loss_sum, count = self._instances.total((float(total), len(order)))
        return loss_sum / count

    def _loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        if self._description.classes:
            return nn.functional.cross_entropy(outputs, targets)
        return nn.functional.mse_loss(outputs[:, 0], targets)

    @property
    def _rate(self) -> float:
        return self._wanted.learning_rate or LEARNING_RATE

    def _height(self, step: int) -> float:
        """Return the learning rate of a step, as a part of the highest."""
        total = self._wanted.epochs * self._steps
        rise = max(1, round(total * WARM_UP))
        if step < rise:
            return (step + 1) / rise
        return max(0.01, 0.5 + 0.5 * math.cos(math.pi * (step - rise) / max(1, total - rise)))

    def _is_over(self, epoch: int, best: Best) -> bool:
        """Tell whether to end before the last epoch: all instances decide alike."""
        asked, _ = self._instances.total((float(self._is_asked_to_end), 0.0))
        if asked:
            print("asked to end: the best model so far is kept")
            return True
        if self._wanted.patience and epoch - best.epoch >= self._wanted.patience:
            print(f"no better model since epoch {best.epoch}: training ends")
            return True
        return False

    def _end_soon(self, _signal: int, _frame: FrameType | None) -> None:
        self._is_asked_to_end = True

    def _say(self, epoch: int, found: Mapping[str, float], seconds: float) -> None:
        """Print an epoch's metrics, once for all instances."""
        if self._instances.rank == 0:
            told = " ".join(f"{name}={value:.6g}" for name, value in found.items())
            print(f"epoch={epoch} {told} seconds={seconds:.3f}", flush=True)
