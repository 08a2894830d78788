"""DeepAR's hyperparameters.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deepar_hyperparameters.html
"""

import json
import re
from collections.abc import Mapping, Sequence

from outcrop_runtime.built_in.hyperparameters import Rule, one_of, real, whole

IGNORE, AUTO = "ignore", "auto"
LIKELIHOODS = ("gaussian", "beta", "negative-binomial", "student-T", "deterministic-L1")
_FREQUENCY = re.compile(r"(\d*)(M|W|D|H|min)")
_IN_PANDAS = {"H": "h"}
"""Other letters than AWS's."""


def frequency(text: str) -> str:
    """Return `5min`, `H`, … as pandas has it."""
    found = _FREQUENCY.fullmatch(text)
    if found is None or found[1] == "0":
        raise ValueError(text)
    return f"{found[1]}{_IN_PANDAS.get(found[2], found[2])}"


def list_of_whole_numbers(text: str) -> Sequence[int]:
    """Return `[2, 3]`."""
    numbers = json.loads(text)
    if not isinstance(numbers, list) or any(not isinstance(n, int) or n < 1 for n in numbers):
        raise ValueError(text)
    return numbers


def list_of_numbers(text: str) -> Sequence[float]:
    """Return `[0.1, 0.5]`: numbers between 0 and 1."""
    numbers = json.loads(text)
    if not isinstance(numbers, list) or any(not 0 < float(n) < 1 for n in numbers):
        raise ValueError(text)
    return [float(n) for n in numbers]


RULES: Mapping[str, Rule] = {
    "context_length": whole("[1, inf)", required=True),
    "epochs": whole("[1, inf)", required=True),
    "prediction_length": whole("[1, inf)", required=True),
    "time_freq": Rule(parse=frequency, is_required=True),
    "cardinality": Rule(parse=list_of_whole_numbers, default=AUTO, words=(AUTO, IGNORE, "")),
    "dropout_rate": real("[0, 1)", 0.1),
    "early_stopping_patience": Rule(parse=int, default=None, words=("",)),
    "embedding_dimension": whole("[1, inf)", 10),
    "learning_rate": real("(0, inf)", 0.001),
    "likelihood": one_of(*LIKELIHOODS, default="student-T"),
    "mini_batch_size": whole("[1, inf)", 128),
    "num_cells": whole("[1, inf)", 40),
    "num_dynamic_feat": Rule(parse=int, default=AUTO, words=(AUTO, IGNORE, "")),
    "num_eval_samples": whole("[1, inf)", 100),
    "num_layers": whole("[1, inf)", 2),
    "test_quantiles": Rule(parse=list_of_numbers, default=[n / 10 for n in range(1, 10)]),
}
