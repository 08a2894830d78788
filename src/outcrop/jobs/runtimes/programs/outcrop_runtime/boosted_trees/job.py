"""The training of trees from its first line to its last."""

import importlib
from dataclasses import replace
from typing import Any

import numpy as np

from outcrop_runtime.boosted_trees import models
from outcrop_runtime.boosted_trees.parameters import RULES
from outcrop_runtime.boosted_trees.tables import Table, is_regression, read
from outcrop_runtime.built_in.hyperparameters import read_hyperparameters
from outcrop_runtime.built_in.records import Rows
from outcrop_runtime.training.contract import Job
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.trained import trained

KINDS = {"lightgbm": "LightGbmTrees", "catboost": "CatBoostTrees"}


def main(library: str) -> int:
    """Train, and return the process's exit code."""
    return trained(lambda job: _train(job, library))


def trees_of(library: str) -> Any:
    """Return the class of a library's trees."""
    module = importlib.import_module(f"outcrop_runtime.boosted_trees.{library}_trees")
    return getattr(module, KINDS[library])


def _train(job: Job, library: str) -> None:
    wanted = read_hyperparameters(job.hyperparameters, RULES[library])
    table = read(job)
    if table is None:
        print(f"{job.host}: its rows are with {job.hosts[0]}, which trains.", flush=True)
        return
    print(f"{library}: {table.train.count} rows of {table.train.width} columns", flush=True)
    classes: list[float] = []
    if not is_regression(table.train.labels, wanted["task"]):
        classes = [float(one) for one in np.unique(table.train.labels)]
        if len(classes) < 2:
            raise CannotTrainError("All rows have the same target.")
        table = replace(
            table,
            train=_numbered(table.train, classes),
            validation=_numbered(table.validation, classes),
        )
    _check_categories(table)
    trees = trees_of(library).train(table, classes, wanted)
    facts = {
        "library": library,
        "classes": classes,
        "width": table.train.width,
        "categories": list(table.categories),
    }
    models.save(trees, job.model, facts)


def _numbered(rows: Rows, classes: list[float]) -> Rows:
    """Return rows whose labels are the numbers of their classes, from 0."""
    if not np.isin(rows.labels, classes).all():
        raise CannotTrainError("The channel 'validation' has targets that 'train' has not.")
    return Rows(rows.features, np.searchsorted(classes, rows.labels))


def _check_categories(table: Table) -> None:
    if any(column >= table.train.width for column in table.categories):
        raise CannotTrainError("categorical_index.json names columns that are not there.")
