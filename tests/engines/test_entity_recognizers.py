"""Recognizers find what they were trained to find, and nothing where there is nothing."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from outcrop.engines.entity_recognizers.crfsuite import CrfEntityRecognizers
from outcrop.engines.entity_recognizers.features import labels_of, runs_of, tokens_of
from outcrop.engines.entity_recognizers.interface import Annotated, Recognized, Span
from outcrop.engines.workers.engine import RefusedInputError
from outcrop.weights import WeightsSettings, WeightStore

NAMES = ("Ana", "Élise", "Li Juan", "Kwaku", "Zoé", "Paulo")


def sentences() -> list[Annotated]:
    texts: list[Annotated] = []
    for number in range(60):
        name = NAMES[number % len(NAMES)]
        code = f"AB-{1000 + 7 * number}"
        text = f"{name} sent 😀 {code}."
        at = text.index(code)
        spans = [Span(0, len(name), "WHO"), Span(at, at + len(code), "CODE")]
        texts += [Annotated(text, spans), Annotated("Nobody sent anything today.", [])]
    return texts


def work(learned: Sequence[Annotated], *texts: str) -> tuple[bytes, list[list[Recognized]]]:
    async def run() -> tuple[bytes, list[list[Recognized]]]:
        recognizers = CrfEntityRecognizers(WeightStore(WeightsSettings(directory=Path("/none"))))
        try:
            model = await recognizers.train(learned)
            return model, await recognizers.recognize(model, texts)
        finally:
            await recognizers.close()

    return asyncio.run(run())


def test_entities_are_found_in_code_points():
    text = "Marta sent 😀 AB-9999."

    _, [found, nothing, empty] = work(sentences(), text, "Nobody sent anything.", "")

    assert [each.span for each in found] == [Span(0, 5, "WHO"), Span(13, 20, "CODE")]
    assert all(0 < each.score <= 1 for each in found)
    assert (nothing, empty) == ([], [])


def test_the_same_texts_give_the_same_recognizer():
    assert work(sentences())[0] == work(sentences())[0]


def test_texts_without_entities_are_refused():
    with pytest.raises(RefusedInputError, match="no entities"):
        work([Annotated("Nothing to see.", [])])


def test_labels_tell_where_one_entity_ends_and_the_next_begins():
    tokens = tokens_of("ab12 cd-ef")

    labels = labels_of(tokens, [Span(0, 2, "X"), Span(2, 4, "X"), Span(5, 10, "Y")])

    assert labels == ["B-X", "B-X", "B-Y", "I-Y", "I-Y"]
    assert runs_of(labels) == [(0, 0, "X"), (1, 1, "X"), (2, 4, "Y")]
