"""Texts are analysed by the interface's promises."""

from collections.abc import AsyncIterator

import pytest

from outcrop.engines.text_analysis.interface import Mention, TextAnalysis, UnknownLanguageError
from outcrop.engines.text_analysis.spacy import SpacyTextAnalyzer
from outcrop.engines.text_analysis.spans import joined, without_overlaps
from tests.small_weights import small_weights

pytestmark = pytest.mark.anyio


@pytest.fixture
async def analyzer() -> AsyncIterator[SpacyTextAnalyzer]:
    made = SpacyTextAnalyzer(small_weights())
    yield made
    await made.close()


async def test_only_what_is_wanted_is_computed(analyzer: SpacyTextAnalyzer):
    text = "Paris sleeps. Rome too."

    [analysis] = await analyzer.analyze([text], language="en", want={"sentences"})

    assert analysis == TextAnalysis(
        words=[], mentions=[], phrases=[], sentences=[(0, 13), (14, 23)]
    )


async def test_texts_of_one_request_do_not_mix(analyzer: SpacyTextAnalyzer):
    texts = ["Anna lives in Rome.", "", "Nothing here."]

    together = await analyzer.analyze(texts, language="en", want={"mentions", "words"})
    alone = [
        (await analyzer.analyze([each], language="en", want={"mentions", "words"}))[0]
        for each in texts
    ]

    assert [each.mentions for each in together] == [each.mentions for each in alone]
    assert [[word.begin for word in each.words] for each in together] == [
        [0, 5, 11, 14, 18],
        [],
        [0, 8, 12],
    ]


async def test_a_language_without_a_pipeline_is_refused(analyzer: SpacyTextAnalyzer):
    with pytest.raises(UnknownLanguageError):
        await analyzer.analyze(["Hola"], language="es", want={"words"})


async def test_rules_find_french_dates_and_quantities(analyzer: SpacyTextAnalyzer):
    text = "Le 12 mars 2024, en 2023 ou lundi : 2,5 milliards d'euros, 15 %, 3 400 km."

    [analysis] = await analyzer.analyze([text], language="fr", want={"mentions"})

    def found(kind: str) -> list[str]:
        ours: list[Mention] = [one for one in analysis.mentions if one.kind == kind]
        return [text[one.begin : one.end] for one in ours]

    assert found("date") == ["12 mars 2024", "2023", "lundi"]
    assert found("quantity") == ["2,5 milliards d'euros", "15 %", "3 400 km"]


def test_places_that_meet_become_one():
    assert joined([(0, 3), (5, 7), (10, 12)], [(2, 6), (20, 25)]) == [(0, 7), (10, 12)]
    assert without_overlaps([(0, 3, "a", 1.0)], [(2, 5, "b", 1.0), (3, 4, "c", 1.0)]) == [
        (0, 3, "a", 1.0),
        (3, 4, "c", 1.0),
    ]
