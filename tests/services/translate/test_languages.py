"""ListLanguages: what an engine of this machine translates."""

from typing import Any

CHINESE = {"zh": "Chinese (Simplified)", "zh-TW": "Chinese (Traditional)"}


def test_languages_are_those_of_the_model_with_their_regions(translate: Any):
    answer = translate.list_languages()

    named = {one["LanguageCode"]: one["LanguageName"] for one in answer["Languages"]}
    codes = "ar auto de en es es-MX fr fr-CA it ja ko pt pt-PT ru th vi zh zh-TW"
    assert " ".join(sorted(named)) == codes
    assert {code: named[code] for code in CHINESE} == CHINESE
    assert answer["DisplayLanguageCode"] == "en"


def test_languages_are_named_in_another_one(translate: Any):
    answer = translate.list_languages(DisplayLanguageCode="fr")

    named = {one["LanguageCode"]: one["LanguageName"] for one in answer["Languages"]}
    assert (named["de"], named["fr-CA"]) == ("allemand", "français canadien")


def test_languages_come_by_pages(translate: Any):
    first = translate.list_languages(MaxResults=3)
    second = translate.list_languages(MaxResults=3, NextToken=first["NextToken"])

    codes = [one["LanguageCode"] for page in (first, second) for one in page["Languages"]]
    assert codes == ["ar", "auto", "de", "en", "es", "es-MX"]
