"""The engines that read texts."""

import contextlib
from typing import TypedDict

from outcrop.engines.language_identification.fasttext import FastTextLanguageIdentifier
from outcrop.engines.text_analysis.spacy import SpacyTextAnalyzer
from outcrop.weights import WeightStore


class LanguageEngines(TypedDict):
    """Fields of `Engines`."""

    language_identification: FastTextLanguageIdentifier
    text_analysis: SpacyTextAnalyzer


def make_language_engines(
    weights: WeightStore, closing: contextlib.AsyncExitStack
) -> LanguageEngines:
    """Return the engines, which load nothing before they are used, and end with the server."""
    identifier = FastTextLanguageIdentifier(weights)
    closing.push_async_callback(identifier.close)
    analyzer = SpacyTextAnalyzer(weights)
    closing.push_async_callback(analyzer.close)
    return {"language_identification": identifier, "text_analysis": analyzer}
