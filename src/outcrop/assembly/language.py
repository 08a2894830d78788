"""The engines that read texts."""

import contextlib
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TypedDict

from outcrop.engines.embeddings.interface import (
    EmbedderUnavailableError,
    EmbeddingError,
    Embeddings,
)
from outcrop.engines.entity_recognizers.crfsuite import CrfEntityRecognizers
from outcrop.engines.language_identification.fasttext import FastTextLanguageIdentifier
from outcrop.engines.linear_classifiers.scikit_learn import ScikitLearnClassifiers
from outcrop.engines.linear_classifiers.shipped import shipped_classifier
from outcrop.engines.personal_data.by_rules import RuleDataFinder
from outcrop.engines.sentiment.linear import LinearSentimentJudge
from outcrop.engines.text_analysis.spacy import SpacyTextAnalyzer
from outcrop.engines.topics.lda import LdaTopicModeler
from outcrop.engines.toxicity.linear import LinearToxicityJudge
from outcrop.engines.workers.engine import EngineFailedError, EngineUnavailableError
from outcrop.weights import WeightStore


class LanguageEngines(TypedDict):
    """Fields of `Engines`."""

    language_identification: FastTextLanguageIdentifier
    text_analysis: SpacyTextAnalyzer
    personal_data: RuleDataFinder
    sentiment: LinearSentimentJudge
    topics: LdaTopicModeler
    toxicity: LinearToxicityJudge
    linear_classifiers: ScikitLearnClassifiers
    entity_recognizers: CrfEntityRecognizers


def make_language_engines(
    weights: WeightStore, embeddings: Embeddings, closing: contextlib.AsyncExitStack
) -> LanguageEngines:
    """Return the engines, which load nothing before they are used, and end with the server."""
    engines: LanguageEngines = {
        "language_identification": FastTextLanguageIdentifier(weights),
        "text_analysis": SpacyTextAnalyzer(weights),
        "personal_data": RuleDataFinder(weights),
        "sentiment": LinearSentimentJudge(partial(_classify, embeddings, "sentiment")),
        "topics": LdaTopicModeler(weights),
        "toxicity": LinearToxicityJudge(partial(_classify, embeddings, "toxicity")),
        "linear_classifiers": ScikitLearnClassifiers(weights),
        "entity_recognizers": CrfEntityRecognizers(weights),
    }
    closing.push_async_callback(engines["language_identification"].close)
    closing.push_async_callback(engines["text_analysis"].close)
    closing.push_async_callback(engines["personal_data"].close)
    closing.push_async_callback(engines["topics"].close)
    closing.push_async_callback(engines["linear_classifiers"].close)
    closing.push_async_callback(engines["entity_recognizers"].close)
    return engines


async def _classify(
    embeddings: Embeddings, name: str, texts: Sequence[str]
) -> Sequence[Mapping[str, float]]:
    """Return what a shipped classifier says of texts."""
    classifier = shipped_classifier(name)
    try:
        model = embeddings.published(classifier.model)
        vectors = await model.embed(texts, purpose="query")
    except EmbedderUnavailableError as error:
        raise EngineUnavailableError(str(error)) from error
    except EmbeddingError as error:
        raise EngineFailedError(str(error)) from error
    return [classifier.classify(vector) for vector in vectors.tolist()]
