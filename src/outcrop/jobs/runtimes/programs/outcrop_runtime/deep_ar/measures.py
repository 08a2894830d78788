"""How good forecasts are: what AWS tells of the channel `test`.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deepar-tuning.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def measure(
    samples: Sequence[Any], true: Sequence[Any], quantiles: Sequence[float]
) -> Mapping[str, float]:
    """Return the metrics by AWS's names.

    Args:
        samples: Of each series: (samples, times).
        true: Of each series: (times,); NaN where nothing is known.
        quantiles: Which to measure.
    """
    truth = np.concatenate(true).astype(np.float64)
    is_known = ~np.isnan(truth)
    truth = truth[is_known]
    means = np.concatenate([one.mean(axis=0) for one in samples])[is_known]
    found = {"RMSE": float(np.sqrt(((means - truth) ** 2).mean()))}
    size = max(float(np.abs(truth).sum()), 1e-12)
    losses: list[float] = []
    weighted: dict[str, float] = {}
    for quantile in quantiles:
        told = np.concatenate([np.quantile(one, quantile, axis=0) for one in samples])[is_known]
        loss = 2 * float(
            np.maximum(quantile * (truth - told), (quantile - 1) * (truth - told)).sum()
        )
        losses.append(loss)
        weighted[f"wQuantileLoss[{quantile:g}]"] = loss / size
    found["mean_absolute_QuantileLoss"] = float(np.mean(losses))
    found["mean_wQuantileLoss"] = float(np.mean(losses)) / size
    return {**found, **weighted}
