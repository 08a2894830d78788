"""GluonTS's network with the job's shape, and the model as arrays and facts.

Source: https://github.com/awslabs/gluonts (gluonts.torch.model.deepar)
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from gluonts.torch.distributions import (
    BetaOutput,
    DistributionOutput,
    NegativeBinomialOutput,
    NormalOutput,
    StudentTOutput,
)
from gluonts.torch.model.deepar import DeepAREstimator
from torch import Tensor
from torch.distributions import Distribution, constraints

from outcrop_runtime.built_in.models import Model
from outcrop_runtime.deep_ar.series import Series

NAME = "forecasting-deepar"
BATCHES_OF_AN_EPOCH = 50
"""Windows are drawn by chance: GluonTS's own number."""
SAMPLES_AT_ONCE = 100


class Point(Distribution):
    """All at one place: its logarithm of the probability falls by the distance."""

    arg_constraints: Mapping[str, Any] = {"loc": constraints.real}
    support = constraints.real
    has_rsample = True

    def __init__(self, loc: Tensor) -> None:
        super().__init__(batch_shape=loc.shape, validate_args=False)
        self.loc = loc

    @property
    def mean(self) -> Tensor:
        """See `Distribution.mean`."""
        return self.loc

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """See `Distribution.rsample`."""
        return self.loc.expand(self._extended_shape(torch.Size(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        """See `Distribution.log_prob`."""
        return -(value - self.loc).abs()


class PointOutput(DistributionOutput):
    """The network tells one number: its loss is the absolute error."""

    args_dim: Mapping[str, int] = {"loc": 1}
    distr_cls = Point

    @classmethod
    def domain_map(cls, loc: Tensor) -> Any:
        """See `DistributionOutput.domain_map`."""
        return (loc.squeeze(-1),)

    @property
    def event_shape(self) -> tuple[int, ...]:
        """See `DistributionOutput.event_shape`."""
        return ()


OUTPUTS: Mapping[str, Any] = {
    "gaussian": NormalOutput,
    "beta": BetaOutput,
    "negative-binomial": NegativeBinomialOutput,
    "student-T": StudentTOutput,
    "deterministic-L1": PointOutput,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """All of a model but its weights."""

    frequency: str
    context_length: int
    prediction_length: int
    cells: int
    layers: int
    dropout: float
    likelihood: str
    cardinality: Sequence[int] = ()
    embedding: int = 10
    features: int = 0
    """How many series of features go with each."""

    def estimator(self, batch_size: int = 32) -> Any:
        """Return what GluonTS trains and predicts with."""
        return DeepAREstimator(
            freq=self.frequency,
            prediction_length=self.prediction_length,
            context_length=self.context_length,
            num_layers=self.layers,
            hidden_size=self.cells,
            dropout_rate=self.dropout,
            num_feat_dynamic_real=self.features,
            num_feat_static_cat=len(self.cardinality),
            cardinality=list(self.cardinality) or None,
            embedding_dimension=[self.embedding] * max(1, len(self.cardinality)),
            distr_output=OUTPUTS[self.likelihood](),
            # What lies between 0 and 1 would not, once it is divided by a mean.
            scaling=self.likelihood != "beta",
            num_parallel_samples=SAMPLES_AT_ONCE,
            batch_size=batch_size,
            num_batches_per_epoch=BATCHES_OF_AN_EPOCH,
        )


class Forecaster:
    """A network that is trained."""

    def __init__(self, shape: Shape, weights: Mapping[str, Tensor]) -> None:
        self.shape = shape
        estimator = shape.estimator()
        module = estimator.create_lightning_module()
        module.model.load_state_dict(weights)
        self._predictor = estimator.create_predictor(
            estimator.create_transformation(), module.eval()
        )

    def forecast(self, series: Sequence[Series], samples: int) -> list[Any]:
        """Return samples of what follows each series: float32, (samples, prediction_length)."""
        entries = [one.entry(self.shape.frequency) for one in series]
        found: list[Any] = [
            [one.samples]
            for one in self._predictor.predict(entries, num_samples=min(samples, SAMPLES_AT_ONCE))
        ]
        for begun in range(SAMPLES_AT_ONCE, samples, SAMPLES_AT_ONCE):
            count = min(SAMPLES_AT_ONCE, samples - begun)
            for parts, one in zip(
                found, self._predictor.predict(entries, num_samples=count), strict=True
            ):
                parts.append(one.samples)
        return [np.concatenate(parts)[:samples] for parts in found]


def as_model(shape: Shape, weights: Mapping[str, Tensor]) -> Model:
    """Return a network as its files have it."""
    arrays = {name: value.cpu().numpy() for name, value in weights.items()}
    return Model(NAME, arrays, {"shape": asdict(shape)})


def from_model(model: Model) -> Forecaster:
    """Return the network of a model's files."""
    weights = {name: torch.from_numpy(value) for name, value in model.arrays.items()}
    return Forecaster(Shape(**model.facts["shape"]), weights)
