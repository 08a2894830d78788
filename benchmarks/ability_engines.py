"""What `benchmarks.abilities` measures: requests, and the engines asked for the same."""

import base64
import contextlib
import itertools
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeAlias, cast

from benchmarks.calls import signed
from outcrop.assembly.embeddings import LazyEmbeddings
from outcrop.assembly.language import make_language_engines
from outcrop.assembly.translation import LazyTranslator
from outcrop.engines.faces.onnx import OnnxFaceFinder
from outcrop.engines.image_labels.efficientnet import EfficientNetImageLabeler
from outcrop.engines.moderation.open_nsfw import OpenNsfwModerator
from outcrop.engines.ocr.paddle import PaddleReader
from outcrop.engines.text_analysis.interface import Want
from outcrop.engines.text_to_speech.interface import Encoding, Passage, Script
from outcrop.engines.text_to_speech.kokoro import KokoroSynthesizer
from outcrop.engines.translation.interface import Pair, Wishes
from outcrop.engines.translation.interface import Passage as TextPassage
from outcrop.operations.backends import Engines
from outcrop.operations.personal_data import personal_data_of
from outcrop.services.comprehend.texts import LARGEST_BATCH
from outcrop.settings import Settings
from outcrop.weights import WeightStore
from tests.pages import png
from tests.photographs import photograph
from tests.services.textract.papers import invoice
from tests.translation_models import END, make_model, make_pieces

SENTENCE = "Claire Martin works for Airbus in Toulouse since the third of March 2019."
PAGE = " ".join(
    sentence.format(year)
    for year in range(2016, 2020)
    for sentence in (
        "In {} Claire Martin opened a small bookshop near the station of Toulouse.",
        "She had worked for Airbus before, and nobody in her family had ever sold a book.",
        "The first winter was hard: the heating failed, two suppliers went bankrupt and it rained.",
        "By the spring of {}, however, the shop had about three hundred regular customers.",
        "Most of them came on Saturdays, drank coffee and asked for novels from Portugal or Japan.",
    )
)
"""Of 1,700 characters: what is written on one side of paper."""
VOICE, SPEAKER = "Matthew", "am_michael"

Ask: TypeAlias = Callable[[], Awaitable[object]]
Made: TypeAlias = tuple[Any, Ask]
"""What is closed in the end, and what asks it."""
TextEngine: TypeAlias = Callable[[Engines, Sequence[str]], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """An operation, and its engine asked for the same."""

    operation: str
    headers: Mapping[str, str]
    body: Callable[[], bytes]
    """Of the next request."""
    make: Callable[[Settings, WeightStore], Made]
    calls: int
    weights: Sequence[str] = ()
    path: str = "/"


def abilities() -> list[Ability]:
    """Return what is measured."""
    photo = _picture("astronaut.png")
    pair = {"SourceLanguageCode": "en", "TargetLanguageCode": "fr"}
    return [
        Ability(
            **_rekognition("DetectLabels", Image=_picture("coffee.png")),
            weights=("efficientnet-lite0",),
            make=_labels,
            calls=20,
        ),
        Ability(**_rekognition("DetectFaces", Image=photo), weights=FACES, make=_faces, calls=16),
        Ability(
            **_rekognition("CompareFaces", SourceImage=photo, TargetImage=photo),
            weights=FACES,
            make=_comparison,
            calls=8,
        ),
        Ability(
            **_rekognition("DetectModerationLabels", Image=photo),
            weights=("open-nsfw", "efficientnet-lite0"),
            make=_moderation,
            calls=16,
        ),
        Ability(
            **_json_operation(
                "textract",
                "Textract.DetectDocumentText",
                {"Document": {"Bytes": base64.b64encode(png(invoice().image)).decode()}},
            ),
            weights=("pp-ocrv6-small",),
            make=_reading,
            calls=5,
        ),
        *_comprehend_abilities(),
        Ability(
            operation="SynthesizeSpeech",
            path="/v1/speech",
            headers=signed("polly"),
            body=_speeches(),
            weights=("kokoro-82m-v1.0-int8", "misaki-english-0.9.4"),
            make=_speech,
            calls=3,
        ),
        Ability(
            **_json_operation(
                "translate",
                "AWSShineFrontendService_20170701.TranslateText",
                {"Text": "hello world 7", **pair},
            ),
            make=_translation,
            calls=100,
        ),
    ]


def _comprehend_abilities() -> Iterator[Ability]:
    """Give the operations on a sentence, on a page, and on as many texts as a request may have."""
    for operation, (engine, weights, calls) in TEXT_ENGINES.items():
        language = {} if operation == "DetectDominantLanguage" else {"LanguageCode": "en"}
        for text, name, times in (
            (SENTENCE, operation, calls),
            (PAGE, f"{operation}, page", calls // 5),
        ):
            ability = _comprehend(operation, Text=text, **language)
            yield Ability(
                **{**ability, "operation": name},
                weights=(weights,),
                make=partial(_on_texts, engine, [text]),
                calls=times,
            )
        if operation == "DetectPiiEntities":
            continue  # AWS has no batch of it.
        texts = [f"{SENTENCE} She is {age} years old." for age in range(20, 20 + LARGEST_BATCH)]
        yield Ability(
            **_comprehend(f"Batch{operation}", TextList=texts, **language),
            weights=(weights,),
            make=partial(_on_texts, engine, texts),
            calls=calls // 10,
        )


FACES = ("blazeface", "facemesh", "dlib-face-recognition")


def _json_operation(service: str, target: str, request: Any) -> dict[str, Any]:
    """Return the members of an `Ability` that ask in AWS JSON."""
    body = json.dumps(request).encode()
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target}
    return {
        "operation": target.rpartition(".")[2],
        "headers": {**signed(service), **headers},
        "body": lambda: body,
    }


def _rekognition(operation: str, **request: Any) -> dict[str, Any]:
    return _json_operation("rekognition", f"RekognitionService.{operation}", request)


def _comprehend(operation: str, **request: Any) -> dict[str, Any]:
    return _json_operation("comprehend", f"Comprehend_20171127.{operation}", request)


def _picture(name: str) -> dict[str, str]:
    return {"Bytes": base64.b64encode(photograph(name)).decode()}


def _labels(_: Settings, store: WeightStore) -> Made:
    engine = EfficientNetImageLabeler(store)
    image = photograph("coffee.png")
    return engine, lambda: engine.label(image, least_score=0.55)


def _faces(_: Settings, store: WeightStore) -> Made:
    engine = OnnxFaceFinder(store)
    image = photograph("astronaut.png")
    return engine, lambda: engine.find(image)


def _comparison(_: Settings, store: WeightStore) -> Made:
    engine = OnnxFaceFinder(store)
    image = photograph("astronaut.png")

    async def compare() -> object:
        one, other = [(await engine.find(image, vectors=True))[0] for _ in range(2)]
        return await engine.compare(one.vector, [other.vector])

    return engine, compare


def _moderation(_: Settings, store: WeightStore) -> Made:
    moderator, labeler = OpenNsfwModerator(store), EfficientNetImageLabeler(store)
    closing = contextlib.AsyncExitStack()
    closing.push_async_callback(moderator.close)
    closing.push_async_callback(labeler.close)
    image = photograph("astronaut.png")

    async def moderate() -> object:
        explicitness = await moderator.explicitness(image)
        return explicitness, await labeler.label(image, least_score=0.001)

    return SimpleNamespace(close=closing.aclose), moderate


def _reading(_: Settings, store: WeightStore) -> Made:
    engine = PaddleReader(store)
    page = png(invoice().image)
    return engine, lambda: engine.read(page)


class _Language:
    """The engines that read texts, as the server makes them."""

    def __init__(self, settings: Settings, store: WeightStore) -> None:
        self._closing = contextlib.AsyncExitStack()
        embeddings = LazyEmbeddings(settings.embeddings, store)
        self._closing.push_async_callback(embeddings.close)
        made = make_language_engines(store, embeddings, self._closing)
        self.engines = cast("Engines", SimpleNamespace(**made))

    async def close(self) -> None:
        await self._closing.aclose()


def _on_texts(
    engine: TextEngine, texts: Sequence[str], settings: Settings, store: WeightStore
) -> Made:
    language = _Language(settings, store)
    return language, lambda: engine(language.engines, texts)


def _analyzer(want: Want) -> TextEngine:
    return lambda engines, texts: engines.text_analysis.analyze(texts, language="en", want={want})


TEXT_ENGINES: Mapping[str, tuple[TextEngine, str, int]] = {
    "DetectDominantLanguage": (
        lambda engines, texts: engines.language_identification.identify(texts),
        "lid.176",
        2000,
    ),
    "DetectEntities": (_analyzer("mentions"), "en-core-web-sm", 100),
    "DetectKeyPhrases": (_analyzer("phrases"), "en-core-web-sm", 100),
    "DetectSyntax": (_analyzer("words"), "en-core-web-sm", 100),
    "DetectPiiEntities": (partial(personal_data_of, language="en"), "en-core-web-sm", 100),
    "DetectSentiment": (
        lambda engines, texts: engines.sentiment.judge(texts),
        "multilingual-e5-small",
        50,
    ),
}
"""What each operation asks, the weights that it needs, and how often it is asked."""


def _sayings() -> Callable[[], str]:
    """Return what gives one sentence after the other: one that was said last is not made again."""
    numbers = itertools.cycle(range(101, 1000))
    return lambda: f"The train for Lyon leaves from platform {next(numbers)}."


def _speeches() -> Callable[[], bytes]:
    say = _sayings()
    speech = {"VoiceId": VOICE, "Engine": "neural", "OutputFormat": "mp3"}
    return lambda: json.dumps({**speech, "Text": say()}).encode()


def _speech(_: Settings, store: WeightStore) -> Made:
    engine = KokoroSynthesizer(store)
    say = _sayings()

    async def speak() -> object:
        passage = Passage(text=say(), language="en-US", voice=SPEAKER)
        encoding = Encoding(name="mp3", sample_rate=24_000)
        return [piece async for piece in engine.speak(Script(parts=[passage]), encoding)]

    return engine, speak


def make_translation_model(folder: Path) -> Path:
    """Write a tiny model and settings that name it, and return these."""
    source = make_pieces(folder / "source.spm", ["hello world"])
    target = make_pieces(folder / "target.spm", ["salut tous"])
    make_model(folder, [*source, *target], {END: "▁salut", "▁salut": "▁tous"})
    config = folder / "outcrop.toml"
    config.write_text(
        f'[translation.models.tiny]\nfolder = "{folder}"\npairs = ["en-fr"]\n', encoding="utf-8"
    )
    return config


def _translation(settings: Settings, store: WeightStore) -> Made:
    engine = LazyTranslator(settings.translation, store, cast("Any", None))
    text = [TextPassage(["hello world 7"])]
    return engine, lambda: engine.translate(text, Pair("en", "fr"), Wishes())
