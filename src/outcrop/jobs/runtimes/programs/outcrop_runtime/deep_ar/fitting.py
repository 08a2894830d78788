"""Training over windows by chance, until the loss gets no better; the best weights are kept."""

import copy
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from outcrop_runtime.deep_ar.network import Shape
from outcrop_runtime.deep_ar.series import Series
from outcrop_runtime.training.errors import CannotTrainError

LARGEST_GRADIENT = 10.0


def fit(
    shape: Shape,
    series: Sequence[Series],
    wanted: Mapping[str, Any],
    tell: Callable[[int, float], None],
) -> tuple[Mapping[str, Tensor], float]:
    """Return the weights with the lowest loss, and that loss.

    Args:
        shape: What to train.
        series: What to train on.
        wanted: The hyperparameters.
        tell: Takes each epoch's number, from 0, and its loss.

    Raises:
        CannotTrainError: The loss is no number any more.
    """
    torch.manual_seed(0)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    estimator = shape.estimator(wanted["mini_batch_size"])
    module = estimator.create_lightning_module()
    model = module.model.to(device)
    windows = estimator.create_training_data_loader(
        estimator.create_transformation().apply(
            [one.entry(shape.frequency) for one in series], is_train=True
        ),
        module,
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=wanted["learning_rate"])
    best, best_loss, best_epoch = copy.deepcopy(model.state_dict()), math.inf, 0
    for epoch in range(wanted["epochs"]):
        model.train()
        losses = [_step(model, optimizer, batch, device) for batch in windows]
        loss = sum(losses) / len(losses)
        tell(epoch, loss)
        if not math.isfinite(loss):
            raise CannotTrainError(
                f"The loss is no number any more in epoch {epoch}: lower the learning_rate, which"
                f" was {wanted['learning_rate']}."
            )
        if loss < best_loss:
            best, best_loss, best_epoch = copy.deepcopy(model.state_dict()), loss, epoch
        patience = wanted["early_stopping_patience"]
        if patience and epoch - best_epoch >= patience:
            print(f"No progress since epoch {best_epoch}: training stops.")
            break
    return best, best_loss


def _step(
    model: Any, optimizer: torch.optim.Optimizer, batch: Mapping[str, Any], device: torch.device
) -> float:
    there = {name: value.to(device) for name, value in batch.items()}
    names = itertools.chain(
        model.describe_inputs().shapes, ("future_target", "future_observed_values")
    )
    optimizer.zero_grad(set_to_none=True)
    loss = model.loss(**{name: there[name] for name in names}).mean()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
    optimizer.step()
    return float(loss.detach())
