"""Requests and answers in the formats that AWS's algorithms have in common.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import scipy.sparse

from outcrop_runtime.built_in.record_io import read_records, write_records
from outcrop_runtime.built_in.records import CSV, RECORDS
from outcrop_runtime.xgboost_algorithm.lines import csv_rows

JSON, LINES = "application/json", "application/jsonlines"
READ = (JSON, LINES, CSV, RECORDS)


def read(body: bytes, kind: str) -> Any:
    """Return the features that a request holds: float32, (rows, columns), dense or sparse.

    Args:
        body: What was sent.
        kind: Its content type, one of `READ`.

    Raises:
        ValueError: It is something else; a `LineError` for CSV.
    """
    if kind == CSV:
        return csv_rows(body, "the request").astype(np.float32)
    if kind == RECORDS:
        return read_records(body)[0]
    if kind == LINES:
        return _matrix([_row(json.loads(line)) for line in body.splitlines() if line.strip()])
    document = json.loads(body)
    instances = document.get("instances") if isinstance(document, dict) else document
    if not isinstance(instances, list) or not instances:
        raise ValueError('JSON must be {"instances": [{"features": […]}, …]}.')
    return _matrix([_row(instance) for instance in instances])


def write(answers: Sequence[Mapping[str, Any]], kind: str) -> bytes | None:
    """Return answers in a content type; `None`: it is none of these."""
    if kind == JSON:
        return json.dumps({"predictions": list(answers)}).encode()
    if kind == LINES:
        return "".join(f"{json.dumps(answer)}\n" for answer in answers).encode()
    if kind == CSV:
        lines = (",".join(_cells(answer)) for answer in answers)
        return "".join(f"{line}\n" for line in lines).encode()
    return write_records(answers) if kind == RECORDS else None


def _cells(answer: Mapping[str, Any]) -> Iterator[str]:
    for value in answer.values():
        yield from map(str, value if isinstance(value, list) else [value])


def _row(instance: Any) -> Any:
    """Return a row: a list, or (keys, values, shape) of one that is sparse."""
    if isinstance(instance, dict):
        instance = instance.get("data", instance)
        instance = instance.get("features", instance)
    if isinstance(instance, dict) and "values" in instance:
        if "keys" in instance:
            return instance["keys"], instance["values"], instance["shape"][-1]
        instance = instance["values"]
    if not isinstance(instance, list):
        raise TypeError('An instance must be {"features": […]}.')
    return instance


def _matrix(rows: list[Any]) -> Any:
    if not any(isinstance(row, tuple) for row in rows):
        return np.array(rows, np.float32)
    if not all(isinstance(row, tuple) for row in rows):
        raise ValueError("Some instances are sparse, others are not.")
    parts = [
        scipy.sparse.csr_matrix(
            (np.array(values, np.float32), np.array(keys), [0, len(keys)]), shape=(1, width)
        )
        for keys, values, width in rows
    ]
    return scipy.sparse.vstack(parts, format="csr")
