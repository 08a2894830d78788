"""The training of IP Insights from its first line to its last.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/ip-insights-hyperparameters.html
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch.nn import functional

from outcrop_runtime.built_in.hyperparameters import Rule, read_hyperparameters, real, whole
from outcrop_runtime.built_in.instances import channel_text
from outcrop_runtime.ip_insights.events import EventError, read_csv
from outcrop_runtime.ip_insights.network import EventNetwork, Shape, as_model, prefixes_of
from outcrop_runtime.training.contract import Job
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.trained import trained

CHANNELS = ("train", "validation")
RULES: Mapping[str, Rule] = {
    "num_entity_vectors": whole("[1, 250000000]", required=True),
    "vector_dim": whole("[4, 4096]", required=True),
    "batch_metrics_publish_interval": whole("[1, inf)", 1000),
    "epochs": whole("[1, inf)", 10),
    "feature_dim": whole("[1, inf)"),  # Of the SDK's making: there are two columns.
    "learning_rate": real("[0.000001, 10]", 0.001),
    "mini_batch_size": whole("[1, 500000]", 10_000),
    "num_ip_encoder_layers": whole("[0, 100]", 1),
    "random_negative_sampling_rate": whole("[0, 500]", 1),
    "shuffled_negative_sampling_rate": whole("[0, 500]", 1),
    "weight_decay": real("[0, 10]", 0.00001),
}

Events = tuple[Any, Any]


def main() -> int:
    """Train, and return the process's exit code."""
    return trained(_train)


def _train(job: Job) -> None:
    wanted = read_hyperparameters(job.hyperparameters, RULES)
    if not wanted["random_negative_sampling_rate"] + wanted["shuffled_negative_sampling_rate"]:
        raise CannotTrainError(
            "random_negative_sampling_rate and shuffled_negative_sampling_rate are both 0: there"
            " is nothing to tell real events from."
        )
    channels = job.channels()
    if "train" not in channels or not set(channels) <= set(CHANNELS):
        raise CannotTrainError(
            "The channel 'train' is needed, and 'validation' may be there; the job's channels"
            f" are: {', '.join(channels)}."
        )
    texts = {
        name: channel_text(job, channels[name], _text) for name in CHANNELS if name in channels
    }
    if job.host != job.hosts[0]:
        print(f"{job.host}: its events are with {job.hosts[0]}, which trains.", flush=True)
        return
    events = {name: _events(text, name, wanted) for name, text in texts.items()}
    Training(job, wanted).run(events)


class Training:
    """The training of the first instance."""

    def __init__(self, job: Job, wanted: Mapping[str, Any]) -> None:
        torch.manual_seed(0)
        self._job = job
        self._wanted = wanted
        self._chance = np.random.default_rng(0)
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._shape = Shape(
            entities=wanted["num_entity_vectors"],
            width=wanted["vector_dim"],
            layers=wanted["num_ip_encoder_layers"],
        )
        self._network = EventNetwork(self._shape).to(self._device)
        self._optimizer = torch.optim.Adam(
            self._network.parameters(),
            lr=wanted["learning_rate"],
            weight_decay=wanted["weight_decay"],
        )

    def run(self, events: Mapping[str, Events]) -> None:
        """Train, measure after each epoch, and save the model."""
        print(f"{len(events['train'][0])} events", flush=True)
        for epoch in range(self._wanted["epochs"]):
            loss = self._epoch(events["train"])
            self._tell(f"epoch={epoch}, train binary_classification_cross_entropy <loss>", loss)
            if "validation" in events:
                found = self._measure(events["validation"])
                self._tell(f"epoch={epoch}, validation discriminator_auc <score>", found)
        as_model(self._shape, self._network).save(self._job.model)

    def _epoch(self, events: Events) -> float:
        self._network.train()
        entities, addresses = events
        order = self._chance.permutation(len(entities))
        total, count = 0.0, 0
        for number, start in enumerate(range(0, len(order), self._wanted["mini_batch_size"]), 1):
            some = order[start : start + self._wanted["mini_batch_size"]]
            self._optimizer.zero_grad(set_to_none=True)
            scores, real_ones = self._scores(entities[some], addresses[some])
            loss = functional.binary_cross_entropy_with_logits(scores, real_ones)
            loss.backward()
            self._optimizer.step()
            total += float(loss.detach()) * len(some)
            count += len(some)
            if number % self._wanted["batch_metrics_publish_interval"] == 0:
                print(f"batch={number} loss={total / count:.6g}", flush=True)
        return total / count

    def _measure(self, events: Events) -> float:
        """Return the area under the curve of real events and of those by chance."""
        self._network.eval()
        with torch.inference_mode():
            scores, real_ones = self._scores(*events)
        return float(roc_auc_score(real_ones.cpu().numpy(), scores.cpu().numpy()))

    def _scores(self, entities: Any, addresses: Any) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the scores of events and of others by chance, and which are real."""
        by_chance = (
            self._chance.integers(0, 2**32, len(addresses), dtype=np.uint32)
            for _ in range(self._wanted["random_negative_sampling_rate"])
        )
        mixed_up = (
            self._chance.permutation(addresses)
            for _ in range(self._wanted["shuffled_negative_sampling_rate"])
        )
        every = [addresses, *by_chance, *mixed_up]
        repeated = torch.from_numpy(np.tile(entities, len(every))).to(self._device)
        prefixes = prefixes_of(np.concatenate(every)).to(self._device)
        real_ones = torch.zeros(len(repeated), device=self._device)
        real_ones[: len(addresses)] = 1
        return self._network(repeated, prefixes), real_ones

    def _tell(self, metric: str, value: float) -> None:
        """Print a metric as AWS's algorithms do: tuning jobs look for it."""
        at = time.strftime("%m/%d/%Y %H:%M:%S")
        host = self._job.host
        print(f"[{at} INFO] #quality_metric: host={host}, {metric}={value:.10g}", flush=True)


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


def _events(text: str, name: str, wanted: Mapping[str, Any]) -> Events:
    try:
        events = read_csv(text, wanted["num_entity_vectors"])
    except EventError as error:
        raise CannotTrainError(f"The channel '{name}' cannot be read: {error}.") from error
    if not len(events[0]):
        raise CannotTrainError(f"The channel '{name}' has no events.")
    return events
