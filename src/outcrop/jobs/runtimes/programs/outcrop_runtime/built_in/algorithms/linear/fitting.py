"""How a linear model is fitted: epoch by epoch, the best one kept.

Cross-entropy and squares are a network's without hidden layers; other losses, and those with L1,
are those of stochastic gradient descent; quantiles are a linear programme's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import QuantileRegressor, SGDClassifier, SGDRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

from outcrop_runtime.built_in.algorithms.linear.parameters import BINARY, MULTICLASS, REGRESSOR
from outcrop_runtime.built_in.records import Rows, dense
from outcrop_runtime.training.errors import CannotTrainError

OF_DESCENT: Mapping[str, str] = {
    "logistic": "log_loss",
    "hinge_loss": "hinge",
    "squared_loss": "squared_error",
    "absolute_loss": "epsilon_insensitive",
    "eps_insensitive_squared_loss": "squared_epsilon_insensitive",
    "eps_insensitive_absolute_loss": "epsilon_insensitive",
    "huber_loss": "huber",
}
"""The losses by the names that scikit-learn's descent has for them."""
OF_NETWORK = ("logistic", "softmax_loss", "squared_loss")
ADAM_RATE, SGD_RATE = 0.03, 0.1
FEWEST_STEPS = 30
"""Steps of an epoch, at least: batches are smaller where there are few rows."""
FEWEST_ROWS = 8


class Standardized:
    """Rows as the model is fitted to them."""

    def __init__(self, rows: Rows, features: StandardScaler, label: StandardScaler) -> None:
        self.features = features.transform(rows.features)
        self.labels = label.transform(np.asarray(rows.labels)[:, None])[:, 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A fitting as it is asked for."""

    kind: str
    loss: str
    wanted: Mapping[str, Any]
    tell: Callable[[str, float], None]
    measured: str
    """The channel that tells which epoch is the best."""

    def run(self, train: Standardized, held_out: Standardized) -> tuple[Any, Any]:
        """Return the weights, (columns, outputs), and what is added, (outputs,)."""
        if self.loss == "quantile_loss":
            penalty = _number(self.wanted["l1"], 0.0)
            exact = QuantileRegressor(quantile=self.wanted["quantile"], alpha=penalty)
            exact.set_params(fit_intercept=self.wanted["use_bias"])
            exact.fit(dense(train.features), train.labels)
            return exact.coef_[:, None], np.atleast_1d(exact.intercept_)
        l1 = _number(self.wanted["l1"], 0.0)
        if self.loss in OF_NETWORK and not l1 and self.wanted["use_bias"]:
            return self._epochs(self._network(len(train.labels)), train, held_out, _of_network)
        if self.kind == MULTICLASS:
            raise CannotTrainError("softmax_loss takes no l1, and has a bias (use_bias), here.")
        return self._epochs(self._descent(l1), train, held_out, _of_descent)

    def _epochs(
        self,
        model: Any,
        train: Standardized,
        held_out: Standardized,
        weights_of: Callable[[Any], tuple[Any, Any]],
    ) -> tuple[Any, Any]:
        more = {} if self.kind == REGRESSOR else {"classes": self._classes()}
        weights = self._row_weights(train.labels)
        best, kept, waited = np.inf, None, 0
        for epoch in range(self.wanted["epochs"]):
            model.partial_fit(train.features, train.labels, sample_weight=weights, **more)
            coefficients, intercept = weights_of(model)
            loss = self._objective(held_out, coefficients, intercept)
            self.tell(f"epoch={epoch}, {self.measured} {self.loss}_objective <loss>", loss)
            if loss < best * (1 - self.wanted["early_stopping_tolerance"]):
                waited = 0
            else:
                waited += 1
            if loss < best or kept is None:
                best, kept = loss, (coefficients.copy(), np.copy(intercept))
            if waited >= self.wanted["early_stopping_patience"]:
                break
        if kept is None or not np.isfinite(kept[0]).all():
            raise CannotTrainError("The weights grow without bound: lower the learning_rate.")
        return kept

    def _classes(self) -> Any:
        return np.arange(2 if self.kind == BINARY else self.wanted["num_classes"], dtype=float)

    def _row_weights(self, labels: Any) -> Any:
        """Return what each row counts; `None`: all the same."""
        multiple = self.wanted["positive_example_weight_mult"]
        if self.kind == BINARY and multiple != 1.0:
            positives = max(1, int((labels > 0).sum()))
            if isinstance(multiple, str):
                multiple = (len(labels) - positives) / positives
            return np.where(labels > 0, multiple, 1.0)
        if self.kind == MULTICLASS and self.wanted["balance_multiclass_weights"]:
            counts = np.bincount(labels.astype(int), minlength=self.wanted["num_classes"])
            return (len(labels) / len(counts) / np.maximum(counts, 1))[labels.astype(int)]
        return None

    def _objective(self, rows: Standardized, weights: Any, intercept: Any) -> float:
        found, true = rows.features @ weights + intercept, rows.labels
        if self.kind == MULTICLASS:
            found = found - found.max(axis=1, keepdims=True)
            total = np.log(np.exp(found).sum(axis=1))
            return float((total - found[np.arange(len(true)), true.astype(int)]).mean())
        if self.kind == BINARY:
            margin = np.where(true > 0, 1, -1) * found[:, 0]
            if self.loss == "hinge_loss":
                return float(np.maximum(0, 1 - margin).mean())
            return float(np.logaddexp(0, -margin).mean())
        return float(self._of_numbers(np.abs(found[:, 0] - true)).mean())

    def _of_numbers(self, off: Any) -> Any:
        """Return the loss of each error, all of them positive."""
        if self.loss == "squared_loss":
            return off**2
        if self.loss == "huber_loss":
            delta = self.wanted["huber_delta"]
            return np.where(off <= delta, off**2 / 2, delta * (off - delta / 2))
        if self.loss == "absolute_loss":
            return off
        beyond = np.maximum(0, off - self.wanted["loss_insensitivity"])
        return beyond**2 if self.loss == "eps_insensitive_squared_loss" else beyond

    def _network(self, rows: int) -> Any:
        wanted = self.wanted
        if wanted["optimizer"] == "rmsprop":
            raise CannotTrainError("The optimizer rmsprop is not here: give auto, adam or sgd.")
        solver = "sgd" if wanted["optimizer"] == "sgd" else "adam"
        usual = SGD_RATE if solver == "sgd" else ADAM_RATE
        size = max(FEWEST_ROWS, rows // FEWEST_STEPS)
        model = MLPRegressor if self.kind == REGRESSOR else MLPClassifier
        return model(
            hidden_layer_sizes=(),
            solver=solver,
            alpha=_number(wanted["wd"], 0.0001),
            batch_size=min(rows, size, wanted["mini_batch_size"]),
            learning_rate_init=_number(wanted["learning_rate"], usual),
            momentum=_number(wanted["momentum"], 0.9),
            beta_1=_number(wanted["beta_1"], 0.9),
            beta_2=_number(wanted["beta_2"], 0.999),
            random_state=0,
        )

    def _descent(self, l1: float) -> Any:
        wanted = self.wanted
        insensitivity = 0.0 if self.loss == "absolute_loss" else wanted["loss_insensitivity"]
        wd = _number(wanted["wd"], 0.0001)
        rate = wanted["learning_rate"]
        given: dict[str, Any] = {
            "loss": OF_DESCENT[self.loss],
            "penalty": "elasticnet",
            "alpha": max(l1 + wd, 1e-12),
            "l1_ratio": l1 / (l1 + wd) if l1 + wd else 0.0,
            "fit_intercept": wanted["use_bias"],
            "random_state": 0,
        }
        if rate != "auto":
            given |= {"learning_rate": "constant", "eta0": rate}
        if self.kind == BINARY:
            return SGDClassifier(**given)
        epsilon = wanted["huber_delta"] if self.loss == "huber_loss" else insensitivity
        return SGDRegressor(epsilon=epsilon, **given)


def _of_network(model: Any) -> tuple[Any, Any]:
    return model.coefs_[0], model.intercepts_[0]


def _of_descent(model: Any) -> tuple[Any, Any]:
    return np.reshape(model.coef_, (-1, 1)), np.atleast_1d(model.intercept_)


def _number(value: Any, usual: float) -> float:
    return usual if value == "auto" else float(value)
