"""What an instance's rows look like, so that all instances agree on one model."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outcrop_runtime.default_model.columns import as_text, numbers

MOST_CATEGORIES = 64
MOST_CLASSES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Count, mean and the sum of squared distances from it.

    Source of how they are joined: Chan, Golub and LeVeque, 1979.
    """

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> "Moments":
        """Return the moments of finite values."""
        if not len(values):
            return cls()
        mean = float(values.mean())
        return cls(count=len(values), mean=mean, squares=float(((values - mean) ** 2).sum()))

    def __add__(self, other: "Moments") -> "Moments":
        count = self.count + other.count
        if not count:
            return self
        apart = other.mean - self.mean
        return Moments(
            count=count,
            mean=self.mean + apart * other.count / count,
            squares=self.squares + other.squares + apart**2 * self.count * other.count / count,
        )

    @property
    def scale(self) -> float:
        """The standard deviation, 1 for values that are all the same."""
        return math.sqrt(self.squares / self.count) if self.count and self.squares else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What is in a column."""

    rows: int
    missing: int
    is_number: bool
    """Whether all that is there are numbers."""
    is_whole: bool
    """Whether these have no fractions."""
    moments: Moments
    """Of the numbers, if that is what they are."""
    values: Counter[str]
    """How often each value is there; the first `most` different ones if there are more."""
    is_cut: bool
    words: int
    """Of all values together."""

    @classmethod
    def of(cls, cells: NDArray[Any], *, most: int) -> "Summary":
        """Return the summary of an instance's cells."""
        try:
            found = numbers(cells)
        except ValueError:
            return cls._of_texts([as_text(cell) for cell in cells], most)
        finite = found[np.isfinite(found)]
        different, counts = np.unique(finite, return_counts=True)
        values = zip(different[:most].tolist(), counts[:most].tolist(), strict=True)
        return cls(
            rows=len(found),
            missing=len(found) - len(finite),
            is_number=True,
            is_whole=bool((different == np.floor(different)).all()),
            moments=Moments.of(finite),
            values=Counter({as_text(value) or "": count for value, count in values}),
            is_cut=len(different) > most,
            words=len(finite),
        )

    @classmethod
    def _of_texts(cls, texts: Sequence[str | None], most: int) -> "Summary":
        there = [text for text in texts if text is not None]
        values: Counter[str] = Counter()
        is_cut = False
        for text in there:
            if text in values or len(values) < most:
                values[text] += 1
            else:
                is_cut = True  # Texts may be many and long: no more of them are kept.
        return cls(
            rows=len(texts),
            missing=len(texts) - len(there),
            is_number=False,
            is_whole=False,
            moments=Moments(),
            values=values,
            is_cut=is_cut,
            words=sum(len(text.split()) for text in there),
        )

    def __add__(self, other: "Summary") -> "Summary":
        return Summary(
            rows=self.rows + other.rows,
            missing=self.missing + other.missing,
            is_number=self.is_number and other.is_number,
            is_whole=self.is_whole and other.is_whole,
            moments=self.moments + other.moments,
            values=self.values + other.values,
            is_cut=self.is_cut or other.is_cut,
            words=self.words + other.words,
        )

    @property
    def there(self) -> int:
        """How many cells hold something."""
        return self.rows - self.missing


def joined(summaries: Sequence[Summary]) -> Summary:
    """Return the summary of all instances' cells."""
    first, *rest = summaries
    for one in rest:
        first += one
    return first
