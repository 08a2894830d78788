"""Looks through a text with all rules, and for telephone numbers.

Source: https://github.com/daviddrysdale/python-phonenumbers
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import phonenumbers

from outcrop.engines.personal_data.interface import Finding
from outcrop.engines.personal_data.rules import RULES, SPOKEN_RULES, SURE, Rule

REGIONS: Mapping[str, Sequence[str]] = {"en": ("US", "GB"), "fr": ("FR", "BE", "CH")}
"""Where telephone numbers without the code of a country may be from, by language."""
ANYWHERE = ("ZZ",)
GROUPS = ("it", "it2", "it3")


def find(text: str, *, language: str, is_spoken: bool = False) -> list[Finding]:
    """Return what was found, in the order of the text; no two findings meet."""
    taken: set[int] = set()
    kept: list[Finding] = []
    dictated = _by_rules(text, SPOKEN_RULES) if is_spoken else ()
    for finding in (*_by_rules(text, RULES), *_phones(text, language), *dictated):
        place = range(finding.begin, finding.end)
        if taken.isdisjoint(place):
            taken.update(place)
            kept.append(finding)
    return sorted(kept, key=lambda each: each.begin)


def _by_rules(text: str, rules: Sequence[Rule]) -> Iterator[Finding]:
    for rule in rules:
        for match in rule.pattern.finditer(text):
            begin, end = _marked(match)
            if rule.check is None or rule.check(text[begin:end]):
                yield Finding(begin, end, rule.kind, rule.score)


def _marked(match: re.Match[str]) -> tuple[int, int]:
    for group in GROUPS:
        if match.groupdict().get(group) is not None:
            return match.span(group)
    return match.span()


def _phones(text: str, language: str) -> Iterator[Finding]:
    for region in REGIONS.get(language, ANYWHERE):
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            yield Finding(match.start, match.end, "phone", SURE)
