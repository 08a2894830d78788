"""Dates and quantities of languages whose pipelines know only names: by patterns.

Their scores are set, not measured: forms like these are seldom anything else.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from outcrop.engines.text_analysis.spans import Found

_MONTH = r"(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
_DAY = r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
_NUMBER = r"\d+(?:[ \u00a0\u202f.]\d{3})*(?:,\d+)?"
_LARGE = r"(?:\s(?:mille|millions?|milliards?)(?:\s(?:de\s|d['\u2019])(?=euros|dollars))?)?"
_UNIT = (
    r"(?:%|€|\$|£|euros?|dollars?|francs?|kilomètres?|mètres?|centimètres?|hectares?|tonnes?|"
    r"kilogrammes?|kilos?|grammes?|litres?|degrés?|minutes?|secondes?|heures?|jours?|semaines?|"
    r"mois|ans|années?|habitants|personnes|km/h|km|kg|cm|mm|m²|ha|[kMG]?W|[kMGT]?o)"
)

FRENCH_DATE = re.compile(
    rf"\b(?:{_DAY}\s)?(?:1er|\d{{1,2}})\s{_MONTH}(?:\s\d{{4}})?\b"
    rf"|\b{_MONTH}\s\d{{4}}\b"
    rf"|\b\d{{1,2}}/\d{{1,2}}/\d{{2,4}}\b|\b\d{{4}}-\d{{2}}-\d{{2}}\b"
    rf"|(?<=\ben\s)(?:1[0-9]|20)\d\d\b|\b{_DAY}(?:\s(?:prochain|dernier|matin|soir))?\b"
    r"|\b\d{1,2}\s?h(?:\s?\d{2})?\b|\b(?:aujourd['\u2019]hui|demain|hier)\b",
    re.IGNORECASE,
)
FRENCH_QUANTITY = re.compile(rf"(?<![\w.,/-]){_NUMBER}{_LARGE}(?:\s?{_UNIT}(?!\w))?(?![\w/-])")

RULE_SCORE = 0.95

RULES: Mapping[str, Sequence[tuple[str, re.Pattern[str], float]]] = {
    "fr": (("date", FRENCH_DATE, RULE_SCORE), ("quantity", FRENCH_QUANTITY, RULE_SCORE)),
}
"""By language: a kind of mention, its pattern, and the score of its finds."""


def found_by_rules(
    text: str, rules: Sequence[tuple[str, re.Pattern[str], float]]
) -> Iterator[Found]:
    """Give what the patterns find; where two meet, the earlier pattern comes first."""
    for kind, pattern, score in rules:
        for match in pattern.finditer(text):
            yield match.start(), match.end(), kind, score
