"""Which words of a translation are masked."""

import pytest

from outcrop.engines.translation.interface import Pair
from outcrop.services.translate.profanity import masked


@pytest.mark.parametrize(
    ("source", "translation", "told"),
    [
        ("It is shit!", "C'est de la merde !", "C'est de la ?$#@$ !"),
        ("It is shit!", "C'est du Shit !", "C'est du ?$#@$ !"),
        ("It is fine.", "Du shit, dit-il.", "Du shit, dit-il."),
    ],
    ids=["the target's", "left as it was", "not of the source"],
)
def test_words_of_the_target_and_those_left_as_they_were_are_masked(
    source: str, translation: str, told: str
):
    assert masked(translation, Pair("en", "fr"), source) == told


def test_a_source_language_without_a_list_masks_nothing_of_its_own():
    assert masked("\u732b and shit", Pair("ja", "en"), "\u732b") == "\u732b and ?$#@$"
