"""Translation by Apertium, where it and a pair of languages are installed."""

import asyncio
from pathlib import Path

import pytest

from outcrop.engines.translation.apertium import ApertiumTranslator
from outcrop.engines.translation.interface import Ask, Pair, Passage, TranslatorTraits, Wishes
from outcrop.engines.translation.router import TranslationRouter

EN_ES = Pair("en", "es")

needs_apertium = pytest.mark.skipif(
    ApertiumTranslator().traits(EN_ES) is None,
    reason="Apertium is not here: apt-get install apertium-eng-spa",
)


@needs_apertium
def test_sentences_are_translated_by_rules():
    translator = ApertiumTranslator()

    asks = [Ask(sentence="The house has 3 big windows."), Ask(sentence="Good morning.")]
    translated = asyncio.run(translator.translate(asks, EN_ES))

    assert translated == ["La casa tiene 3 ventanas grandes.", "Buenos días."]
    assert translator.languages() >= {"en", "es"}


@needs_apertium
def test_words_that_no_rule_knows_carry_no_mark_and_addresses_survive():
    router = TranslationRouter([ApertiumTranslator()])

    passage = Passage(["Call Xyzzyq or write to help@example.com."])
    [done] = asyncio.run(router.translate([passage], EN_ES, Wishes()))

    assert "Xyzzyq" in done.runs[0]
    assert "*" not in done.runs[0]
    assert "help@example.com" in done.runs[0]


def test_modes_tell_pairs_and_inner_steps_none(tmp_path: Path):
    for mode in ("eng-spa", "por-cat", "eng-spa-tagger", "eng_US-spa"):
        (tmp_path / f"{mode}.mode").touch()
    translator = ApertiumTranslator(tmp_path, program="true")

    assert translator.languages() == {"en", "es", "pt", "ca"}
    assert translator.traits(Pair("en", "es-MX")) == TranslatorTraits(name="apertium-eng-spa")
    assert translator.traits(Pair("es", "en")) is None


def test_without_the_program_nothing_is_covered():
    translator = ApertiumTranslator(program="no-such-program-anywhere")

    assert translator.languages() == frozenset()
