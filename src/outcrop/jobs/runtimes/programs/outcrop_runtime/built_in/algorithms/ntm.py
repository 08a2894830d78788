"""Topics of documents, by a neural network: a variational autoencoder over their counts of words.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/ntm_hyperparameters.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from outcrop_runtime.built_in.algorithms import Data
from outcrop_runtime.built_in.algorithms.topics.fitting import OPTIMIZERS, Epoch, Fitting
from outcrop_runtime.built_in.algorithms.topics.network import ACTIVATIONS, Shape, TopicNetwork
from outcrop_runtime.built_in.hyperparameters import Rule, one_of, real, whole, yes_or_no
from outcrop_runtime.built_in.models import Model
from outcrop_runtime.built_in.records import dense
from outcrop_runtime.training.errors import CannotTrainError

LABELLED = False
SHOWN = 10
"""Words of a topic, in the log."""


def _list_of_whole_numbers(text: str) -> Sequence[int]:
    widths = [int(one) for one in text.strip("[]() ").split(",") if one.strip()]
    if not widths or min(widths) < 1:
        raise ValueError(text)
    return widths


RULES: Mapping[str, Rule] = {
    "feature_dim": whole("[1, 1000000]", required=True),
    "num_topics": whole("[2, 1000]", required=True),
    "batch_norm": yes_or_no(default=False),
    "clip_gradient": real("[0.001, inf]", float("inf")),
    "encoder_layers": Rule(parse=_list_of_whole_numbers, default="auto", words=("auto",)),
    "encoder_layers_activation": one_of(*ACTIVATIONS, default="sigmoid"),
    "epochs": whole("[1, inf)", 50),
    "learning_rate": real("[0.000001, 1]", 0.001),
    "mini_batch_size": whole("[1, 10000]", 256),
    "num_patience_epochs": whole("[1, inf)", 3),
    "optimizer": one_of(*OPTIMIZERS, default="adadelta"),
    "rescale_gradient": real("[0.001, 1]", 1.0),
    "sub_sample": real("[0, 1]", 1.0),
    "tolerance": real("[0.000001, 0.1]", 0.001),
    "weight_decay": real("[0, 1]", 0.0),
}


def train(data: Data, wanted: Mapping[str, Any]) -> Model:
    """Find the topics of all documents, each of which counts its words."""
    _check(data)
    topics, layers = wanted["num_topics"], wanted["encoder_layers"]
    shape = Shape(
        words=data.train.width,
        topics=topics,
        layers=[3 * topics, 2 * topics] if layers == "auto" else layers,
        activation=wanted["encoder_layers_activation"],
        normalizes=wanted["batch_norm"],
    )
    torch.manual_seed(0)
    network = TopicNetwork(shape)
    fitting = Fitting(network, wanted)
    for epoch in fitting.run(data.train, data.validation):
        _tell(data, epoch)
    if data.test is not None:
        data.tell("test total_loss <loss>", fitting.measure(data.test))
    _show(network, data.vocabulary)
    arrays = {name: value.cpu().numpy() for name, value in network.state_dict().items()}
    return Model("ntm", arrays, {"shape": shape.facts()})


def _check(data: Data) -> None:
    if data.vocabulary and len(data.vocabulary) != data.train.width:
        raise CannotTrainError(
            f"The vocabulary of the channel 'auxiliary' has {len(data.vocabulary)} words, the"
            f" documents count {data.train.width}."
        )
    for name, rows in (("train", data.train), ("validation", data.validation), ("test", data.test)):
        if rows is not None and rows.features.min() < 0:
            raise CannotTrainError(f"The channel '{name}' counts words: no count is below zero.")


def _tell(data: Data, epoch: Epoch) -> None:
    """Print an epoch's losses: the last ones are the job's."""
    print(
        f"# Finished training epoch {epoch.number}: Loss (name: value)"
        f" total: {epoch.train:.6g} recons: {epoch.words:.6g} kld: {epoch.divergence:.6g}"
    )
    data.tell(f"epoch={epoch.number}, train total_loss <loss>", epoch.train)
    if epoch.validation is not None:
        data.tell(f"epoch={epoch.number}, validation total_loss <loss>", epoch.validation)


def _show(network: TopicNetwork, vocabulary: Sequence[str]) -> None:
    """Print the likeliest words of each topic, and how many of them are no other topic's."""
    by_topic = network.topics.weight.detach().cpu().numpy().T.argsort(axis=1)[:, ::-1][:, :SHOWN]
    counts = np.bincount(by_topic.ravel(), minlength=network.topics.out_features)
    unique = [float((1 / counts[words]).mean()) for words in by_topic]
    print(f"Topics from epoch:final (num_topics:{len(by_topic)}) [tu {np.mean(unique):.2f}]:")
    for words, uniqueness in zip(by_topic.tolist(), unique, strict=True):
        names = [str(vocabulary[word] if vocabulary else word) for word in words]
        print(f"[{uniqueness:.2f}] {' '.join(names)}", flush=True)


class Predictor:
    """Tells the topics of documents."""

    def __init__(self, model: Model) -> None:
        shape = Shape(**model.facts["shape"])
        self.width = shape.words
        self._network = TopicNetwork(shape)
        self._network.load_state_dict(
            {name: torch.from_numpy(value) for name, value in model.arrays.items()}
        )
        self._network.eval()

    def predict(self, features: Any) -> list[dict[str, Any]]:
        """Return the weights of the topics of each document."""
        with torch.inference_mode():
            weights = self._network.weights(torch.from_numpy(dense(features)))
        return [{"topic_weights": row} for row in weights.tolist()]
