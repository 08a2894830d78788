"""The training of DeepAR from its first line to its last."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from outcrop_runtime.built_in.hyperparameters import read_hyperparameters
from outcrop_runtime.built_in.instances import channel_text
from outcrop_runtime.deep_ar.fitting import fit
from outcrop_runtime.deep_ar.measures import measure
from outcrop_runtime.deep_ar.network import Forecaster, Shape, as_model
from outcrop_runtime.deep_ar.parameters import AUTO, RULES
from outcrop_runtime.deep_ar.series import Series, read_lines, read_text
from outcrop_runtime.training.contract import Job
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.trained import trained

CHANNELS = ("train", "test")


def main() -> int:
    """Train, and return the process's exit code."""
    return trained(_train)


def _train(job: Job) -> None:
    wanted = read_hyperparameters(job.hyperparameters, RULES)
    channels = job.channels()
    if "train" not in channels or not set(channels) <= set(CHANNELS):
        raise CannotTrainError(
            "The channel 'train' is needed, and 'test' may be there; the job's channels are:"
            f" {', '.join(channels)}."
        )
    found = {
        name: channel_text(job, channels[name], read_text) for name in CHANNELS if name in channels
    }
    if job.host != job.hosts[0]:
        print(f"{job.host}: its series are with {job.hosts[0]}, which trains.", flush=True)
        return
    series = {name: _series(lines, name, wanted) for name, lines in found.items()}
    shape = _shape(series["train"], wanted)
    _check(series, shape)
    _introduce(series["train"], shape)
    weights, loss = fit(shape, series["train"], wanted, lambda *told: _tell_epoch(job, *told))
    _tell(job, "train final_loss <loss>", loss)
    as_model(shape, weights).save(job.model)
    if "test" in series:
        _test(job, Forecaster(shape, weights), series["test"], wanted)


def _series(lines: str, name: str, wanted: Mapping[str, Any]) -> Sequence[Series]:
    """Return a channel's series, without what the hyperparameters ignore."""
    found = list(read_lines(lines, f"the channel '{name}'"))
    if not found:
        raise CannotTrainError(f"The channel '{name}' has no series.")
    with_categories = wanted["cardinality"] == AUTO or isinstance(wanted["cardinality"], list)
    with_features = wanted["num_dynamic_feat"] == AUTO or isinstance(
        wanted["num_dynamic_feat"], int
    )
    return [
        Series(
            start=one.start,
            target=one.target,
            categories=one.categories if with_categories else (),
            features=one.features if with_features else None,
        )
        for one in found
    ]


def _shape(series: Sequence[Series], wanted: Mapping[str, Any]) -> Shape:
    """Return the shape of a network for series.

    Raises:
        CannotTrainError: They do not agree with one another, or with what was asked for.
    """
    counts = {len(one.categories) for one in series}
    if len(counts) > 1:
        raise CannotTrainError("Some series have other numbers of 'cat' than others.")
    cardinality = [
        max(column) + 1 for column in zip(*(one.categories for one in series), strict=True)
    ]
    if isinstance(wanted["cardinality"], list):
        if len(wanted["cardinality"]) != len(cardinality) or any(
            there > most for there, most in zip(cardinality, wanted["cardinality"], strict=False)
        ):
            raise CannotTrainError(
                f"The cardinality {wanted['cardinality']} does not fit the data, whose 'cat' have"
                f" {cardinality}."
            )
        cardinality = wanted["cardinality"]
    features = {one.feature_count for one in series}
    if len(features) > 1:
        raise CannotTrainError("Some series have other numbers of 'dynamic_feat' than others.")
    count = features.pop()
    if isinstance(wanted["num_dynamic_feat"], int) and wanted["num_dynamic_feat"] != count:
        raise CannotTrainError(
            f"num_dynamic_feat is {wanted['num_dynamic_feat']}, but the series have {count}."
        )
    return Shape(
        frequency=wanted["time_freq"],
        context_length=wanted["context_length"],
        prediction_length=wanted["prediction_length"],
        cells=wanted["num_cells"],
        layers=wanted["num_layers"],
        dropout=wanted["dropout_rate"],
        likelihood=wanted["likelihood"],
        cardinality=cardinality,
        embedding=wanted["embedding_dimension"],
        features=count,
    )


def _check(channels: Mapping[str, Sequence[Series]], shape: Shape) -> None:
    for name, series in channels.items():
        for one in series:
            _check_series(one, name, shape)
        longest = max(len(one.target) for one in series)
        if longest <= shape.prediction_length:
            raise CannotTrainError(
                f"The longest series of the channel '{name}' has {longest} points: one at least"
                f" must have more than prediction_length, {shape.prediction_length}."
            )


def _check_series(one: Series, name: str, shape: Shape) -> None:
    if one.features is not None and one.features.shape[1] != len(one.target):
        raise CannotTrainError(
            f"The channel '{name}' has a series with {len(one.target)} values and 'dynamic_feat'"
            f" of {one.features.shape[1]}: both must be as long."
        )
    if len(one.categories) != len(shape.cardinality) or any(
        value >= most for value, most in zip(one.categories, shape.cardinality, strict=False)
    ):
        raise CannotTrainError(
            f"The channel '{name}' has a series with 'cat' {list(one.categories)}; the model's"
            f" cardinality is {list(shape.cardinality)}."
        )
    if one.feature_count != shape.features:
        raise CannotTrainError(
            f"The channel '{name}' has a series with {one.feature_count} 'dynamic_feat', the model"
            f" has {shape.features}."
        )
    known = one.target[~np.isnan(one.target)]
    allowed = {
        "beta": ("between 0 and 1", (known >= 0) & (known <= 1)),
        "negative-binomial": ("whole and not below 0", (known >= 0) & (known == np.floor(known))),
    }
    if shape.likelihood in allowed and not allowed[shape.likelihood][1].all():
        raise CannotTrainError(
            f"The likelihood {shape.likelihood} takes numbers that are"
            f" {allowed[shape.likelihood][0]}; the channel '{name}' has others."
        )


def _introduce(series: Sequence[Series], shape: Shape) -> None:
    lengths = [len(one.target) for one in series]
    print(
        f"{len(series)} series of {min(lengths)} to {max(lengths)} points,"
        f" {len(shape.cardinality)} categories and {shape.features} features",
        flush=True,
    )


def _test(
    job: Job, forecaster: Forecaster, series: Sequence[Series], wanted: Mapping[str, Any]
) -> None:
    """Forecast the last times of each series, and compare."""
    length = wanted["prediction_length"]
    asked = [one for one in series if len(one.target) > length]
    known = [one.target[-length:] for one in asked]
    if all(np.isnan(one).all() for one in known):
        raise CannotTrainError("No series of the channel 'test' has a value at its end.")
    samples = forecaster.forecast(
        [one.without_last(length) for one in asked], wanted["num_eval_samples"]
    )
    found = measure(samples, known, wanted["test_quantiles"])
    for name, value in found.items():
        print(f"#test_score ({job.host}, {name}): {value:.10g}")
    for name in ("RMSE", "mean_wQuantileLoss"):
        _tell(job, f"test {name} <loss>", found[name])


def _tell_epoch(job: Job, epoch: int, loss: float) -> None:
    _tell(job, f"epoch={epoch}, train loss <loss>", loss)


def _tell(job: Job, metric: str, value: float) -> None:
    """Print a metric as AWS's algorithms do: tuning jobs look for it."""
    at = time.strftime("%m/%d/%Y %H:%M:%S")
    print(f"[{at} INFO] #quality_metric: host={job.host}, {metric}={value:.10g}", flush=True)
