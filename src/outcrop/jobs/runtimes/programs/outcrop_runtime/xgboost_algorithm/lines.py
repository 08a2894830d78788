"""Rows in lines of text: CSV without names, and libsvm."""

import csv
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_svmlight_file

SHOWN = 50
"""How much of a line messages quote."""


class LineError(Exception):
    """A text is not what it is said to be; the message quotes it."""


@dataclass(frozen=True, slots=True)
class SparseRows:
    """What a text in libsvm holds."""

    features: Any
    labels: Any
    weights: Any
    queries: Any


def csv_rows(content: bytes, name: str) -> Any:
    """Return numbers with separators between them, which the first line tells; empty: missing.

    Raises:
        LineError: They are not all numbers, or lines differ in length.
    """
    first = content.lstrip(b"\xef\xbb\xbf").partition(b"\n")[0].decode(errors="replace").strip()
    try:
        table = pd.read_csv(io.BytesIO(content), header=None, sep=_delimiter(first))
        return table.to_numpy(dtype=np.float64, na_value=np.nan)
    except ValueError as error:
        raise LineError(
            f"First line '{first[:SHOWN]}...' of file '{name}': {error}. The algorithm takes"
            " numbers alone, the label first, without a line of names."
        ) from error


def _delimiter(line: str) -> str:
    try:
        found = csv.Sniffer().sniff(line[:512]).delimiter
    except csv.Error:
        return ","
    return "," if found.isalnum() or found in ".-+" else found


def read_libsvm(content: bytes, name: str, *, has_labels: bool = True) -> SparseRows:
    r"""Return rows of `<label>(:<weight>) (qid:<n>) <index>:<value> …`, indices as they are.

    Args:
        content: Lines.
        name: What they come from, for messages.
        has_labels: Whether a line must begin with a label.

    Raises:
        LineError: A line is something else.
    """
    lines = [line for line in content.split(b"\n") if line.strip()]
    heads = [line.split(None, 1)[0] for line in lines]
    weights = None
    if not has_labels:
        lines = [
            b"0 " + line if b":" in head else line for head, line in zip(heads, lines, strict=True)
        ]
    elif any(b":" in head for head in heads):
        lines, weights = _without_weights(lines, heads)
    try:
        features, labels, queries = load_svmlight_file(
            io.BytesIO(b"\n".join(lines)), zero_based=True, query_id=True
        )
    except ValueError as error:
        first = lines[0].decode(errors="replace").strip() if lines else ""
        raise LineError(
            f"First line '{first[:SHOWN]}...' of file '{name}' is not 'LIBSVM' format. Please"
            f" ensure the file is in 'LIBSVM' format. ({error})"
        ) from error
    return SparseRows(features, labels, weights, queries if len(queries) else None)


def _without_weights(lines: list[bytes], heads: list[bytes]) -> tuple[list[bytes], Any]:
    """Return lines with their labels alone in front, and the weights: 1 where none is."""
    weights = [float(head.partition(b":")[2] or 1) for head in heads]
    bare = [
        head.partition(b":")[0] + line.lstrip()[len(head) :]
        for head, line in zip(heads, lines, strict=True)
    ]
    return bare, np.array(weights)
