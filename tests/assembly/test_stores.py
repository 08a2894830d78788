"""Which stores the settings ask for."""

import pytest

from outcrop.assembly.stores import durability_of
from outcrop.settings import load


@pytest.mark.parametrize(
    ("variables", "durability"),
    [
        ({}, "process"),
        ({"OUTCROP_AUTHENTICATION_MODE": "keys"}, "full"),
        ({"OUTCROP_STORAGE_DURABILITY": "full"}, "full"),
        (
            {"OUTCROP_AUTHENTICATION_MODE": "keys", "OUTCROP_STORAGE_DURABILITY": "process"},
            "process",
        ),
    ],
)
def test_writes_survive_a_loss_of_power_where_others_rely_on_them(
    variables: dict[str, str], durability: str
) -> None:
    assert durability_of(load(environment=variables)) == durability
