"""DeepAR: forecasts of many series, better than their last day, and what is refused."""

import json
import math
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.runtimes.algorithm_jobs import AlgorithmJob, Ended, run_jobs

pytestmark = pytest.mark.slow  # The runtime is 147 MB over PyTorch's.

JSON, LINES = "application/json", "application/jsonlines"
DAY = 24
SHORT: Mapping[str, Any] = {
    "context_length": DAY,
    "prediction_length": DAY,
    "epochs": 1,
    "time_freq": "1H",
    "mini_batch_size": 8,
    "num_cells": 10,
    "num_layers": 1,
}


def series(count: int = 20, length: int = 300) -> Sequence[Mapping[str, Any]]:
    """Return series with the seasons of a day, of two groups, at different levels."""
    chance = random.Random(0)
    found: list[Mapping[str, Any]] = []
    for number in range(count):
        level, group = chance.uniform(10, 100), number % 2
        target = [
            round(
                level * (1 + 0.5 * math.sin(2 * math.pi * (time + 6 * group) / DAY))
                + chance.gauss(0, level * 0.1),
                3,
            )
            for time in range(length)
        ]
        found.append({"start": "2024-01-01 00:00:00", "target": target, "cat": [group]})
    return found


def lines(rows: Sequence[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def without_end(rows: Sequence[Mapping[str, Any]], count: int = DAY) -> Sequence[Mapping[str, Any]]:
    return [{**row, "target": row["target"][:-count]} for row in rows]


def error_of_the_day_before(rows: Sequence[Mapping[str, Any]]) -> float:
    pairs = [
        (there, before)
        for row in rows
        for there, before in zip(row["target"][-DAY:], row["target"][-2 * DAY : -DAY], strict=True)
    ]
    return math.sqrt(sum((there - before) ** 2 for there, before in pairs) / len(pairs))


def run(folder: Path, jobs: Mapping[str, AlgorithmJob]) -> Mapping[str, Ended]:
    return run_jobs(
        folder,
        jobs,
        runtime="forecasting-deepar",
        module="outcrop_runtime.deep_ar.job",
        framework="deep_ar",
    )


def test_forecasts_are_better_than_the_day_before(tmp_path: Path) -> None:
    whole = series()
    asked = without_end(whole[:2])
    job = AlgorithmJob(
        files={"train/a.json": lines(without_end(whole)), "test/a.json": lines(whole)},
        hyperparameters={
            **SHORT,
            "epochs": 12,
            "mini_batch_size": 32,
            "learning_rate": 0.01,
            "num_cells": 30,
            "early_stopping_patience": 8,
            "test_quantiles": "[0.1, 0.5, 0.9]",
        },
        asked=[
            (
                json.dumps(
                    {
                        "instances": asked,
                        "configuration": {
                            "num_samples": 150,
                            "output_types": ["mean", "quantiles", "samples"],
                            "quantiles": ["0.1", "0.9"],
                        },
                    }
                ),
                JSON,
                JSON,
            ),
            (lines(asked), LINES, LINES),
            (json.dumps({"instances": [{**asked[0], "cat": [7]}]}), JSON, JSON),
            (json.dumps({"instances": [{"target": [1]}]}), JSON, JSON),
        ],
    )

    found = run(tmp_path, {"one": job})["one"]

    assert found.code == 0, found.failure
    naive = error_of_the_day_before(whole)
    (rmse,) = found.metrics(r"#quality_metric: host=algo-1, test RMSE <loss>=(\S+)")
    assert rmse < 0.9 * naive
    (loss,) = found.metrics(r"test mean_wQuantileLoss <loss>=(\S+)")
    assert 0 < loss < 0.09
    assert len(found.metrics(r"wQuantileLoss\[0.[159]\]\): (\S+)")) == 3
    told = json.loads(found.answers[0])["predictions"]
    inside = 0
    for one, row in zip(told, whole, strict=False):
        assert {name: len(value) for name, value in one.items()} == {
            "quantiles": 2,
            "samples": 150,
            "mean": DAY,
        }
        low, high = one["quantiles"]["0.1"], one["quantiles"]["0.9"]
        inside += sum(
            at < there < above
            for at, there, above in zip(low, row["target"][-DAY:], high, strict=True)
        )
    assert inside >= 0.6 * 2 * DAY
    usual = [json.loads(line) for line in found.answers[1].splitlines()]
    assert [sorted(one) for one in usual] == [["mean", "quantiles"]] * 2
    assert sorted(usual[0]["quantiles"]) == [f"0.{n}" for n in range(1, 10)]
    assert found.answers[2:] == [
        "BadRequestError: 'cat' is [7]; the model's cardinality is [2].",
        "BadRequestError: Unable to evaluate payload provided: ValueError(\"'start' is missing\")",
    ]


def test_likelihoods_features_and_missing_values_are_taken(tmp_path: Path) -> None:
    counts = [{**row, "target": [round(n) for n in row["target"]]} for row in series(4, 100)]
    shares = [{**row, "target": [min(1, n / 200) for n in row["target"]]} for row in series(4, 100)]
    with_features = [
        {
            **row,
            "target": [None, "NaN", *row["target"][2:]],
            "dynamic_feat": [[math.sin(n) for n in range(100)]],
        }
        for row in series(4, 100)
    ]
    jobs = {
        name: AlgorithmJob(
            files={"train/a.json": lines(rows)},
            hyperparameters={**SHORT, "likelihood": name, "time_freq": frequency},
            asked=[
                (
                    json.dumps(
                        {
                            "instances": rows[:1],
                            "configuration": {"num_samples": 20, "output_types": ["samples"]},
                        }
                    ),
                    JSON,
                    JSON,
                )
            ],
        )
        for name, rows, frequency in (
            ("negative-binomial", counts, "D"),
            ("beta", shares, "15min"),
            ("gaussian", series(4, 100), "W"),
            ("deterministic-L1", series(4, 100), "M"),
        )
    }
    asked = {**with_features[0], "dynamic_feat": [[0.5] * (100 + DAY)]}
    jobs["features"] = AlgorithmJob(
        files={"train/a.json": lines(with_features)},
        hyperparameters={**SHORT, "cardinality": "ignore"},
        asked=[
            (json.dumps({"instances": [{**asked, "cat": []}]}), JSON, JSON),
            (json.dumps({"instances": [{**with_features[0], "cat": []}]}), JSON, JSON),
        ],
    )

    found = run(tmp_path, jobs)

    assert {
        name: (one.code, one.code and one.failure) for name, one in found.items()
    } == dict.fromkeys(jobs, (0, 0))
    samples = {
        name: [n for path in json.loads(one.answers[0])["predictions"][0]["samples"] for n in path]
        for name, one in found.items()
        if name != "features"
    }
    assert all(n >= 0 and n == round(n) for n in samples["negative-binomial"])
    assert all(0 <= n <= 1 for n in samples["beta"])
    assert len(set(samples["deterministic-L1"])) <= DAY
    assert len(set(samples["gaussian"])) > 400
    assert len(json.loads(found["features"].answers[0])["predictions"][0]["mean"]) == DAY
    assert found["features"].answers[1] == (
        "BadRequestError: 'dynamic_feat' have 100 values; needed are those of the target and 24"
        " more, 124."
    )


REFUSED: Mapping[str, tuple[Mapping[str, Any], Mapping[str, str]]] = {
    "No value(s) were specified for 'time_freq' which are required hyperparameter(s) (caused by"
    " ValidationError)": (
        {name: value for name, value in SHORT.items() if name != "time_freq"},
        {"train/a.json": lines(series(2, 100))},
    ),
    "The value 'yearly' is not valid for the 'time_freq' hyperparameter which expects one of the"
    " following: a value of the type frequency (caused by ValidationError)": (
        {**SHORT, "time_freq": "yearly"},
        {"train/a.json": lines(series(2, 100))},
    ),
    "Line 1 of the channel 'train' is no series, as {'start': …, 'target': […]}: 'target' is"
    " missing": (SHORT, {"train/a.json": '{"start": "2024-01-01"}'}),
    "a.csv is neither .json, .json.gz nor .parquet: its extension tells the format.": (
        SHORT,
        {"train/a.csv": "1,2"},
    ),
    "The longest series of the channel 'train' has 20 points: one at least must have more than"
    " prediction_length, 24.": (SHORT, {"train/a.json": lines(series(2, 20))}),
    "The likelihood beta takes numbers that are between 0 and 1; the channel 'train' has others.": (
        {**SHORT, "likelihood": "beta"},
        {"train/a.json": lines(series(2, 100))},
    ),
    "The cardinality [1] does not fit the data, whose 'cat' have [2].": (
        {**SHORT, "cardinality": "[1]"},
        {"train/a.json": lines(series(2, 100))},
    ),
    "The channel 'test' has a series with 'cat' []; the model's cardinality is [2].": (
        SHORT,
        {
            "train/a.json": lines(series(2, 100)),
            "test/a.json": '{"start": "2024-01-01", "target": [1, 2]}',
        },
    ),
}


def test_what_cannot_be_trained_fails_with_the_reason(tmp_path: Path) -> None:
    jobs = {
        str(number): AlgorithmJob(files=files, hyperparameters=hyperparameters)
        for number, (hyperparameters, files) in enumerate(REFUSED.values())
    }

    found = [one.failure for one in run(tmp_path, jobs).values()]

    assert found == list(REFUSED)
