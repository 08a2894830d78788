"""What is to be learned, as the data show it."""

from collections.abc import Sequence
from dataclasses import dataclass

from outcrop_runtime.default_model.columns import Category, Column, Number, Text
from outcrop_runtime.default_model.description import Task
from outcrop_runtime.default_model.rows import Label
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.summaries import MOST_CATEGORIES, MOST_CLASSES, Summary

MOST_WHOLE_CLASSES = 50
"""More different whole numbers are a measure, not classes."""
ROWS_OF_A_CLASS = 2
"""Fewer rows for each whole number, too."""
WORDS_OF_A_CATEGORY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is predicted."""

    task: Task
    classes: Sequence[Label] = ()
    mean: float = 0.0
    scale: float = 1.0


def target_of(labels: Summary, wanted: str) -> Target:
    """Return what the labels ask for.

    Args:
        labels: Those of all instances.
        wanted: `auto`, or the task that was asked for.

    Raises:
        CannotTrainError: Nothing can be learned from them, or not what was asked for.
    """
    if not labels.there:
        raise CannotTrainError("No row has a label.")
    if wanted == "regression" or (wanted == "auto" and _is_measure(labels)):
        if not labels.is_number:
            raise CannotTrainError("Regression needs labels that are numbers.")
        _check_different(labels)
        return Target(task="regression", mean=labels.moments.mean, scale=labels.moments.scale)
    _check_different(labels)
    if labels.is_cut or len(labels.values) > MOST_CLASSES:
        raise CannotTrainError(f"The labels are more than {MOST_CLASSES} different classes.")
    if wanted == "binary" and len(labels.values) != 2:
        raise CannotTrainError(f"A binary task has two classes; there are {len(labels.values)}.")
    return Target(
        task="binary" if len(labels.values) == 2 and wanted != "multiclass" else "multiclass",
        classes=_classes(labels),
    )


def column_from(name: str, summary: Summary) -> Column:
    """Return what a column of features is."""
    if summary.is_number:
        return Number(
            name=name,
            mean=summary.moments.mean,
            scale=summary.moments.scale,
            has_missing=summary.missing > 0,
        )
    is_small = not summary.is_cut and len(summary.values) <= MOST_CATEGORIES
    repeats = 2 * len(summary.values) <= summary.there
    is_short = summary.words <= WORDS_OF_A_CATEGORY * summary.there
    if is_small and repeats and is_short:
        return Category(name=name, values=sorted(summary.values))
    return Text(name=name)


def _is_measure(labels: Summary) -> bool:
    """Tell whether labels are numbers that measure something, rather than name classes."""
    count = len(labels.values)
    return labels.is_number and (
        not labels.is_whole
        or labels.is_cut
        or count > MOST_WHOLE_CLASSES
        or count * ROWS_OF_A_CLASS > labels.there
    )


def _check_different(labels: Summary) -> None:
    if len(labels.values) < 2:
        raise CannotTrainError(
            f"All labels are {next(iter(labels.values))}: there is nothing to tell apart. The label"
            " is the first column, unless the hyperparameter `label` names another."
        )


def _classes(labels: Summary) -> Sequence[Label]:
    if not labels.is_number:
        return sorted(labels.values)
    convert = int if labels.is_whole else float
    return sorted({convert(float(value)) for value in labels.values})
