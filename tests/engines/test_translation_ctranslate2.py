"""Translation by CTranslate2: models that the test makes are loaded, marked and run."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from outcrop.engines.translation.ctranslate2 import (
    CTranslate2Translator,
    TranslationModel,
    parsed_pair,
)
from outcrop.engines.translation.interface import (
    Ask,
    Pair,
    Passage,
    TranslatorTraits,
    UnsupportedPairError,
    UnsupportedWishError,
    Wishes,
)
from outcrop.engines.translation.router import TranslationRouter
from outcrop.engines.workers.engine import EngineUnavailableError
from outcrop.weights import WeightsSettings, WeightStore
from tests.translation_models import END, make_model, make_pieces

pytestmark = pytest.mark.anyio

FRENCH = ["▁bonjour", "▁le", "▁monde"]
CHAIN = dict(zip((END, *FRENCH), (*FRENCH, END), strict=True))
EN_FR = Pair("en", "fr")

Made = Callable[..., CTranslate2Translator]


@pytest.fixture
async def translator(tmp_path: Path) -> AsyncIterator[Made]:
    made: list[CTranslate2Translator] = []

    def make(*models: TranslationModel) -> CTranslate2Translator:
        store = WeightStore(WeightsSettings(directory=tmp_path / "weights"))
        made.append(CTranslate2Translator(store, models))
        return made[-1]

    yield make
    for one in made:
        await one.close()


def opus_folder(tmp_path: Path) -> Path:
    """Return a folder as the converter leaves it for OPUS-MT: two SentencePiece models."""
    folder = tmp_path / "opus"
    folder.mkdir()
    source = make_pieces(folder / "source.spm", ["hello world", "good morning world"])
    target = make_pieces(folder / "target.spm", ["bonjour le monde"])
    make_model(folder, [*source, *target], CHAIN)
    return folder


def nllb_folder(tmp_path: Path) -> Path:
    """Return a folder as the converter leaves it for NLLB: one model, marks in the vocabulary."""
    folder = tmp_path / "nllb"
    folder.mkdir()
    pieces = make_pieces(
        folder / "sentencepiece.bpe.model", ["hello world", "bonjour le monde", "hallo welt"]
    )
    marks = ["eng_Latn", "fra_Latn", "deu_Latn", "zho_Hant"]
    follows = {
        **CHAIN,
        END: "▁welt",
        "fra_Latn": "▁bonjour",
        "deu_Latn": "▁hallo",
        "▁hallo": "▁welt",
    }
    make_model(folder, [*pieces, *marks], follows)
    return folder


async def test_a_model_of_one_pair_translates_it_and_no_other(tmp_path: Path, translator: Made):
    model = TranslationModel("opus", opus_folder(tmp_path), frozenset({EN_FR}))
    made = translator(model)

    translated = await made.translate([Ask(sentence="hello world"), Ask(sentence="good")], EN_FR)

    assert translated == ["bonjour le monde"] * 2
    assert made.languages() == {"en", "fr"}
    assert made.traits(Pair("en", "fr-CA")) == TranslatorTraits(name="opus")
    assert made.traits(Pair("fr", "en")) is None


async def test_a_model_of_many_languages_is_told_them_by_marks(tmp_path: Path, translator: Made):
    made = translator(TranslationModel("nllb", nllb_folder(tmp_path)))

    asks = [Ask(sentence="hello world")]
    into = {one: await made.translate(asks, Pair("en", one)) for one in ("fr", "de")}

    assert into == {"fr": ["bonjour le monde"], "de": ["hallo welt"]}
    assert made.languages() == {"en", "fr", "de", "zh"}
    assert made.traits(Pair("en", "zh-TW")) == TranslatorTraits(name="nllb")
    assert made.traits(Pair("en", "it")) is None


async def test_callers_who_ask_at_once_get_the_language_that_each_asked_for(
    tmp_path: Path, translator: Made
):
    made = translator(TranslationModel("nllb", nllb_folder(tmp_path)))
    asks, languages = [Ask(sentence="hello world")], ("fr", "de", "de", "fr")

    answers = await asyncio.gather(*(made.translate(asks, Pair("en", one)) for one in languages))

    french, german = ["bonjour le monde"], ["hallo welt"]
    assert answers == [french, german, german, french]


async def test_what_a_model_loses_is_put_back(tmp_path: Path, translator: Made):
    model = TranslationModel("opus", opus_folder(tmp_path), frozenset({EN_FR}))
    router = TranslationRouter([translator(model)])

    [done] = await router.translate([Passage(["hello {name} call 12 world"])], EN_FR, Wishes())

    assert done.runs == ["bonjour le monde {name} bonjour le monde 12 bonjour le monde"]


async def test_what_a_model_cannot_do_is_refused(tmp_path: Path, translator: Made):
    model = TranslationModel("opus", opus_folder(tmp_path), frozenset({EN_FR}))
    router = TranslationRouter([translator(model)])

    for wishes in (Wishes(register="formal"), Wishes(is_brief=True)):
        with pytest.raises(UnsupportedWishError):
            await router.translate([Passage(["hello"])], EN_FR, wishes)
    with pytest.raises(UnsupportedPairError):
        await router.translate([Passage(["hello"])], Pair("en", "it"), Wishes())


async def test_a_folder_without_a_model_says_so(tmp_path: Path, translator: Made):
    made = translator(TranslationModel("none", tmp_path, frozenset({EN_FR})))

    with pytest.raises(EngineUnavailableError, match=r"no model\.bin"):
        await made.translate([Ask(sentence="hello")], EN_FR)


def test_pairs_may_have_regions():
    assert [parsed_pair(one) for one in ("en-fr", "pt-PT-en", "en-zh-TW", "en", "en-xx")] == [
        Pair("en", "fr"),
        Pair("pt-PT", "en"),
        Pair("en", "zh-TW"),
        None,
        None,
    ]
