"""Data-parallel training of a transformer, the best epoch's weights kept."""

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from outcrop_runtime.fine_tuning.beginnings import Beginning
from outcrop_runtime.fine_tuning.texts import Texts
from outcrop_runtime.training.distributed import Instances
from outcrop_runtime.training.errors import CannotTrainError

LARGEST_GRADIENT = 1.0


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts as a model takes them, and their classes."""

    inputs: Mapping[str, Tensor]
    targets: Tensor

    def __len__(self) -> int:
        return len(self.targets)

    def pick(self, rows: Tensor, device: torch.device) -> "Encoded":
        """Return some of them in a device's memory, no longer than the longest of them."""
        mask = self.inputs["attention_mask"][rows]
        used = mask.any(dim=0).nonzero()
        first, last = int(used[0]), int(used[-1]) + 1
        inputs = {name: one[rows, first:last].to(device) for name, one in self.inputs.items()}
        return Encoded(inputs, self.targets[rows].to(device))


class Fitting:
    """One training run."""

    def __init__(
        self,
        beginning: Beginning,
        train: Texts,
        held_out: Texts,
        wanted: Mapping[str, Any],
        instances: Instances,
    ) -> None:
        self._wanted = wanted
        self._instances = instances
        self._beginning = beginning
        self.model = beginning.model.to(instances.device)
        self._parallel = instances.parallel(self.model)
        self._train = self.encoded(train)
        self._held_out = self.encoded(held_out)
        self._has_held_out = sum(instances.gather(len(held_out))) > 0
        rows = max(instances.gather(len(train)))
        # All instances take the same number of steps: short of rows, one begins again.
        self._steps = math.ceil(rows / wanted["train_batch_size"])
        self._optimizer = torch.optim.AdamW(
            self.model.parameters(),
            lr=wanted["learning_rate"],
            weight_decay=wanted["weight_decay"],
        )
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimizer, self._height)
        self._chance = torch.Generator().manual_seed(wanted["seed"] + instances.rank)

    def run(self, say: Callable[[int, Mapping[str, float]], None]) -> Mapping[str, float]:
        """Train, keep the best weights in the model, and return their metrics.

        Raises:
            CannotTrainError: The loss is no number any more.
        """
        best: tuple[float, Mapping[str, Tensor], Mapping[str, float]] = (math.inf, {}, {})
        for epoch in range(1, self._wanted["epochs"] + 1):
            found = {"train:loss": self._epoch()}
            if self._has_held_out:
                found |= self.measure(self._held_out, "validation")
            say(epoch, found)
            loss = found.get("validation:loss", found["train:loss"])
            if not math.isfinite(loss):
                raise CannotTrainError(
                    f"The loss is no number any more in epoch {epoch}: lower the learning_rate,"
                    f" which was {self._wanted['learning_rate']}."
                )
            if loss < best[0]:
                best = (loss, copy.deepcopy(self.model.state_dict()), {"epoch": epoch, **found})
        self.model.load_state_dict(best[1])
        return best[2]

    def encoded(self, texts: Texts) -> Encoded:
        """Return texts as the model takes them.

        Raises:
            CannotTrainError: A label is no class of the training data.
        """
        classes: Mapping[str, int] = self.model.config.label2id
        unknown = next((label for label in texts.labels if label not in classes), None)
        if unknown is not None:
            raise CannotTrainError(f"{unknown}: no label of the training data.")
        targets = torch.tensor([classes[label] for label in texts.labels], dtype=torch.long)
        if not len(texts):
            return Encoded({}, targets)
        inputs = self._beginning.tokenizer(
            list(texts.texts),
            truncation=True,
            padding=True,
            max_length=self._wanted["max_seq_length"],
            return_tensors="pt",
        )
        return Encoded(dict(inputs), targets)

    def measure(self, texts: Encoded, name: str) -> Mapping[str, float]:
        """Return the metrics of the texts of all instances."""
        self.model.eval()
        loss = right = 0.0
        with torch.inference_mode():
            for rows in torch.arange(len(texts)).split(self._wanted["eval_batch_size"]):
                if not len(rows):
                    continue
                some = texts.pick(rows, self._instances.device)
                outputs = self.model(**some.inputs).logits
                loss += float(functional.cross_entropy(outputs, some.targets, reduction="sum"))
                right += float((outputs.argmax(dim=1) == some.targets).sum())
        count, loss, right = self._instances.total((len(texts), loss, right))
        return {f"{name}:loss": loss / count, f"{name}:accuracy": right / count}

    def _epoch(self) -> float:
        """Go once over the texts and return the mean loss of all instances."""
        self._parallel.train()
        size = self._wanted["train_batch_size"]
        order = torch.randperm(len(self._train), generator=self._chance)
        needed = max(len(order), (self._steps - 1) * size + 1)
        order = order.repeat(math.ceil(needed / len(order)))[:needed]
        total = 0.0
        for rows in order.split(size):
            some = self._train.pick(rows, self._instances.device)
            self._optimizer.zero_grad(set_to_none=True)
            loss = functional.cross_entropy(self._parallel(**some.inputs).logits, some.targets)
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), LARGEST_GRADIENT)
            self._optimizer.step()
            self._schedule.step()
            total += float(loss.detach()) * len(some)
        loss_sum, count = self._instances.total((total, len(order)))
        return loss_sum / count

    def _height(self, step: int) -> float:
        """Return the learning rate of a step, as a part of the highest: up, then down to 0."""
        total = self._wanted["epochs"] * self._steps
        rise = round(total * self._wanted["warmup_ratio"])
        if step < rise:
            return (step + 1) / (rise + 1)
        return max(0.0, (total - step) / max(1, total - rise))
