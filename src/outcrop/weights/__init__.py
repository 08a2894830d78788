"""The catalogue of model weights: find, pull, verify, place, licence."""

from outcrop.weights.catalog import Entry
from outcrop.weights.errors import (
    PullError,
    UnknownWeightsError,
    WeightsDamagedError,
    WeightsError,
    WeightsExistError,
    WeightsMissingError,
)
from outcrop.weights.progress import PullProgress
from outcrop.weights.settings import WeightsSettings
from outcrop.weights.store import WeightStore

__all__ = [
    "Entry",
    "PullError",
    "PullProgress",
    "UnknownWeightsError",
    "WeightStore",
    "WeightsDamagedError",
    "WeightsError",
    "WeightsExistError",
    "WeightsMissingError",
    "WeightsSettings",
]
