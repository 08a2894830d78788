"""What labels images keeps its promises."""

import contextlib
from collections.abc import AsyncGenerator

import pytest

from outcrop.engines.image_labels.efficientnet import EfficientNetImageLabeler
from outcrop.engines.image_labels.taxonomy import Taxonomy
from outcrop.engines.workers.engine import RefusedInputError
from tests.photographs import photograph
from tests.vision_weights import vision_weights

pytestmark = pytest.mark.anyio


@contextlib.asynccontextmanager
async def open_labeler() -> AsyncGenerator[EfficientNetImageLabeler]:
    labeler = EfficientNetImageLabeler(vision_weights())
    try:
        yield labeler
    finally:
        await labeler.close()


async def test_the_likeliest_label_comes_first():
    async with open_labeler() as labeler:
        labels = await labeler.label(photograph("chelsea.png"), least_score=0.01)

    scores = [label.score for label in labels]
    assert scores == sorted(scores, reverse=True)
    assert all(0.01 <= score <= 1.0 for score in scores)


async def test_a_parent_is_a_label_and_at_least_as_likely():
    async with open_labeler() as labeler:
        labels = await labeler.label(photograph("coffee.png"), least_score=0.05)

    by_name = {label.name: label for label in labels}
    assert len(by_name) == len(labels)
    for label in labels:
        for parent in label.parents:
            assert by_name[parent].score >= label.score - 1e-6


async def test_an_image_has_a_vector_and_its_parts_have_others():
    async with open_labeler() as labeler:
        whole = await labeler.vectors(photograph("chelsea.png"), with_crops=False)
        parts = await labeler.vectors(photograph("chelsea.png"), with_crops=True)

    assert (whole.width, whole.height, whole.dimensions) == (451, 300, 1280)
    assert len(whole.rows) == 4 * 1280
    rows = [parts.rows[at : at + 4 * 1280] for at in range(0, len(parts.rows), 4 * 1280)]
    assert len(set(rows)) == 5
    first = memoryview(rows[0]).cast("f").tolist()
    assert memoryview(whole.rows).cast("f").tolist() == pytest.approx(first, abs=1e-3)


async def test_what_is_no_picture_is_refused():
    async with open_labeler() as labeler:
        with pytest.raises(RefusedInputError) as caught:
            await labeler.label(b"hello", least_score=0.5)

    assert caught.value.kind == "unreadable"


def test_every_word_is_there_once_and_leads_to_words():
    taxonomy = Taxonomy()
    names = [word.name for word in taxonomy.words]

    assert len(names) == len(set(names))
    assert {parent for word in taxonomy.words for parent in word.parents} <= set(names)
    assert all(word.name not in word.parents for word in taxonomy.words)
    assert len(taxonomy.objects) == 80
    assert set(taxonomy.objects) <= set(names)
