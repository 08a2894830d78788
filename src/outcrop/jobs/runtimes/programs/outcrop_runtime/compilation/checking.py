"""Whether a compiled model answers as the original does, on inputs of the declared shapes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from outcrop_runtime.compilation.errors import DifferenceError
from outcrop_runtime.compilation.original import Original
from outcrop_runtime.compiled.manifest import ROWS, Input

SEED = 20180
DRAWS, TABLE_ROWS = 4, 256
"""Of inputs of fixed shapes; of tables."""
SCALES = (-1.0, 4.0)
"""Powers of ten between which the rows of tables are scaled."""
MISSING = 0.05
"""Of the values of tables where some may be missing."""
NUMBERS = 1e-3
"""How far numbers may differ, as a part of the largest in the answer."""
LABELS = 0.99
"""How many labels of all must be the same."""
TREES = 0.99
"""How many rows of a table must be as close as that: where a value meets the threshold of a tree,
the last bit decides."""
INT8_NUMBERS = 0.1


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the comparison has found."""

    tolerance: float
    largest_difference: float
    """Of numbers, as a part of the largest in the answer."""
    same_labels: float
    """A part of all; 1 where there are no labels."""
    samples: int

    def told(self) -> Mapping[str, float]:
        """Return it for the report."""
        return {
            "tolerance": self.tolerance,
            "largest_difference": self.largest_difference,
            "same_labels": self.same_labels,
            "samples": self.samples,
        }


def compare(original: Original, compiled: Any, *, is_quantized: bool) -> Comparison:
    """Ask both models the same.

    Raises:
        DifferenceError: They do not agree.
    """
    tolerance = INT8_NUMBERS if is_quantized else NUMBERS
    needed = TREES if original.is_tabular else 1.0
    names = [one.name for one in original.inputs]
    largest, same, samples = 0.0, 1.0, 0
    for values in draws(original):
        samples += len(values[0]) if original.is_tabular else 1
        answers = compiled.run(None, dict(zip(names, values, strict=True)))
        wanted = original.ask(values)
        if len(wanted) != len(answers):
            raise DifferenceError(f"It has {len(answers)} outputs, the original {len(wanted)}.")
        for mine, its in zip(wanted, answers, strict=True):
            difference, agreeing = _compared(np.asarray(mine), np.asarray(its), tolerance, needed)
            largest, same = max(largest, difference), min(same, agreeing)
    if largest > tolerance or same < LABELS:
        raise DifferenceError(
            f"Its answers differ from the original's by up to {largest:.2%} of their largest number"
            f" (allowed: {tolerance:.2%}), and {same:.2%} of its labels are the same (needed:"
            f" {LABELS:.0%}), on {samples} random inputs of the declared shapes."
        )
    return Comparison(tolerance, largest, same, samples)


def draws(original: Original) -> Iterator[Sequence[Any]]:
    """Give inputs for a model, the same ones in every run."""
    random = np.random.default_rng(SEED)
    if original.is_tabular:
        yield [_table(random, one, original) for one in original.inputs]
        return
    for _ in range(DRAWS):
        yield [_array(random, one) for one in original.inputs]


def one_of(original: Original) -> Sequence[Any]:
    """Return an input as it is asked about most: of the declared shape, or one row."""
    values = next(iter(draws(original)))
    return [one[:1] for one in values] if original.is_tabular else values


def _array(random: Any, one: Input) -> Any:
    kind = np.dtype(one.type)
    if kind.kind == "f":
        return random.standard_normal(one.shape).astype(kind)
    return random.integers(0, 2, one.shape).astype(kind)


def _table(random: Any, one: Input, original: Original) -> Any:
    """Return rows on different scales: those of a table's columns are not known."""
    shape = [TABLE_ROWS if side == ROWS else side for side in one.shape]
    values = np.abs(random.standard_normal(shape)) * 10 ** random.uniform(*SCALES, shape)
    values[::2] = random.standard_normal(values[::2].shape)
    if original.takes_missing:
        values[random.random(shape) < MISSING] = np.nan
    return values.astype(one.type)


def _compared(mine: Any, its: Any, tolerance: float, needed: float) -> tuple[float, float]:
    """Return by how much numbers differ and which part of labels agrees."""
    if mine.size == its.size:
        its = its.reshape(mine.shape)
    if mine.shape != its.shape:
        raise DifferenceError(f"Its output has the shape {its.shape}, the original's {mine.shape}.")
    if not mine.size:
        return 0.0, 1.0
    if mine.dtype.kind != "f" or its.dtype.kind != "f":
        return 0.0, float(np.mean(mine.astype(str) == its.astype(str)))
    if not np.array_equal(np.isfinite(mine), np.isfinite(its)):
        return float("inf"), 1.0
    finite = np.isfinite(mine)
    scale = float(np.abs(mine[finite]).max(initial=0.0)) or 1.0
    differences = np.where(finite, np.abs(np.where(finite, mine - its, 0.0)), 0.0) / scale
    if needed < 1.0:
        by_row = differences.reshape(len(mine), -1).max(axis=1)
        is_near = float(np.mean(by_row <= tolerance)) >= needed
        return float(np.quantile(by_row, needed) if is_near else by_row.max()), 1.0
    return float(differences.max()), 1.0
