"""Languages are told by the interface's promises."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from outcrop.engines.language_identification.chinese import is_traditional
from outcrop.engines.language_identification.fasttext import FastTextLanguageIdentifier
from outcrop.engines.workers.engine import EngineUnavailableError
from outcrop.weights import WeightsSettings, WeightStore
from tests.small_weights import small_weights

pytestmark = pytest.mark.anyio


@pytest.fixture
async def identifier() -> AsyncIterator[FastTextLanguageIdentifier]:
    made = FastTextLanguageIdentifier(small_weights())
    yield made
    await made.close()


async def test_every_text_gets_languages_the_likeliest_first(
    identifier: FastTextLanguageIdentifier,
):
    found = await identifier.identify(["Bonjour à tous,\nvous allez bien ?", "ok", "123"])

    assert found[0][0].language == "fr"
    assert [len(each) > 0 for each in found] == [True] * 3
    for guesses in found:
        scores = [each.score for each in guesses]
        assert scores == sorted(scores, reverse=True)
        assert all(0.0 <= score <= 1.0 for score in scores)


async def test_missing_weights_say_how_to_get_them(tmp_path: Path):
    identifier = FastTextLanguageIdentifier(WeightStore(WeightsSettings(directory=tmp_path)))

    with pytest.raises(EngineUnavailableError, match=r"run `outcrop models pull lid\.176`"):
        await identifier.identify(["Bonjour"])


def test_scripts_are_told_by_characters_that_only_one_has():
    assert is_traditional("台灣的天氣很好")
    assert not is_traditional("台湾的天气很好")
    assert not is_traditional("人山大中")  # the same in both
