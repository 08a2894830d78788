"""The engines that read texts."""

import contextlib
from typing import TypedDict

from outcrop.engines.language_identification.fasttext import FastTextLanguageIdentifier
from outcrop.engines.personal_data.by_rules import RuleDataFinder
from outcrop.engines.text_analysis.spacy import SpacyTextAnalyzer
from outcrop.weights import WeightStore


class LanguageEngines(TypedDict):
    """Fields of `Engines`."""

    language_identification: FastTextLanguageIdentifier
    text_analysis: SpacyTextAnalyzer
    personal_data: RuleDataFinder


def make_language_engines(
    weights: WeightStore, closing: contextlib.AsyncExitStack
) -> LanguageEngines:
    """Return the engines, which load nothing before they are used, and end with the server."""
    engines: LanguageEngines = {
        "language_identification": FastTextLanguageIdentifier(weights),
        "text_analysis": SpacyTextAnalyzer(weights),
        "personal_data": RuleDataFinder(weights),
    }
    closing.push_async_callback(engines["language_identification"].close)
    closing.push_async_callback(engines["text_analysis"].close)
    closing.push_async_callback(engines["personal_data"].close)
    return engines
