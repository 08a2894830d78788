"""Personal data is found by its form, its checksums and what names it, in both languages."""

from typing import Any

import pytest

from tests.services.direct import error_of

ENGLISH = (
    "Hello Anna Smith, your credit card 4111 1111 1111 1111 (expires 04/27) was charged on July 3."
    " Write to anna@example.com or call +44 20 7946 0958 from 123 Main Street, Springfield."
    " Her SSN is 123-45-6789, her key AKIAIOSFODNN7EXAMPLE, her server 192.168.1.10."
)
FRENCH = (
    "🙂 Je m'appelle Marie Dupont, j'ai 35 ans et j'habite 12 bis rue de la Paix, 75002 Paris."
    " Mon numéro est le 06 12 34 56 78, mon NIR 2 84 05 75 116 042 17,"
    " mon IBAN FR76 3000 6000 0112 3456 7890 189."
)


def found(text: str, entities: list[Any]) -> list[tuple[str, str]]:
    return [(one["Type"], text[one["BeginOffset"] : one["EndOffset"]]) for one in entities]


def test_personal_data_of_an_english_text(comprehend: Any):
    entities = comprehend.detect_pii_entities(Text=ENGLISH, LanguageCode="en")["Entities"]

    assert found(ENGLISH, entities) == [
        ("NAME", "Anna Smith"),
        ("CREDIT_DEBIT_NUMBER", "4111 1111 1111 1111"),
        ("CREDIT_DEBIT_EXPIRY", "04/27"),
        ("DATE_TIME", "July 3"),
        ("EMAIL", "anna@example.com"),
        ("PHONE", "+44 20 7946 0958"),
        ("ADDRESS", "123 Main Street, Springfield"),
        ("SSN", "123-45-6789"),
        ("AWS_ACCESS_KEY", "AKIAIOSFODNN7EXAMPLE"),
        ("IP_ADDRESS", "192.168.1.10"),
    ]
    assert all(0 < one["Score"] <= 1 for one in entities)


def test_personal_data_of_a_french_text(comprehend: Any):
    entities = comprehend.detect_pii_entities(Text=FRENCH, LanguageCode="fr")["Entities"]

    assert found(FRENCH, entities) == [
        ("NAME", "Marie Dupont"),
        ("AGE", "35 ans"),
        ("ADDRESS", "12 bis rue de la Paix, 75002 Paris"),
        ("PHONE", "06 12 34 56 78"),
        ("SSN", "2 84 05 75 116 042 17"),
        ("INTERNATIONAL_BANK_ACCOUNT_NUMBER", "FR76 3000 6000 0112 3456 7890 189"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The order 4111 1111 1111 1112 has shipped.",  # no card's check digit
        "The part FR76 3000 6000 0112 3456 7890 188 has shipped.",  # no account's check digits
        "Version 1.2.3 of 300.400.500.600 is out.",
        "We sold 12,345 units for 999 dollars.",
    ],
)
def test_numbers_without_their_checksum_are_nobody_s(comprehend: Any, text: str):
    assert comprehend.detect_pii_entities(Text=text, LanguageCode="en")["Entities"] == []


@pytest.mark.parametrize(
    ("language", "text", "entities"),
    [
        (  # As AWS's own examples have it: no card's check digit, digits that are not shown.
            "en",
            "Your credit card account\n1111-0000-1111-0000 is paid from your bank account"
            " XXXXXX1111 with the routing number XXXXX0000.",
            [
                ("CREDIT_DEBIT_NUMBER", "1111-0000-1111-0000"),
                ("BANK_ACCOUNT_NUMBER", "XXXXXX1111"),
                ("BANK_ROUTING", "XXXXX0000"),
            ],
        ),
        ("en", "Card 1111-XXXX-1111-XXXX.", [("CREDIT_DEBIT_NUMBER", "1111-XXXX-1111-XXXX")]),
        (
            "fr",
            "Votre carte **** **** **** 4242, votre compte ****9876.",
            [("CREDIT_DEBIT_NUMBER", "**** **** **** 4242"), ("BANK_ACCOUNT_NUMBER", "****9876")],
        ),
        (  # As AWS's notebooks have it: numbers that nobody can have, a street in small letters.
            "en",
            "My address is 2 park blvd, Los Angeles,CA,92000. My phone number is 818-111-1111. My"
            " Social security number is 548-00-0001. My routing number is 195111112.",
            [
                ("ADDRESS", "2 park blvd, Los Angeles,CA,92000"),
                ("PHONE", "818-111-1111"),
                ("SSN", "548-00-0001"),
                ("BANK_ROUTING", "195111112"),
            ],
        ),
        (
            "en",
            "Our address is 2 of the best on the road. Call 818-111-1111 units of 548-00-0001.",
            [],
        ),
    ],
)
def test_numbers_that_a_word_names_need_neither_checksum_nor_all_digits(
    comprehend: Any, language: str, text: str, entities: list[tuple[str, str]]
):
    answer = comprehend.detect_pii_entities(Text=text, LanguageCode=language)

    assert found(text, answer["Entities"]) == entities


def test_sites_are_told_by_their_bare_names(comprehend: Any):
    text = "Your Internet.org account is at shop.example.co.uk/login. Ask e.g. Bob.Or me."

    answer = comprehend.detect_pii_entities(Text=text, LanguageCode="en")

    assert [one for one in found(text, answer["Entities"]) if one[0] == "URL"] == [
        ("URL", "Internet.org"),
        ("URL", "shop.example.co.uk/login"),
    ]


def test_the_types_in_a_text_are_told_once_each(comprehend: Any):
    text = "Write to anna@example.com or bob@example.com, or see https://example.com."

    labels = comprehend.contains_pii_entities(Text=text, LanguageCode="en")["Labels"]

    assert labels == [{"Name": "EMAIL", "Score": 0.99}, {"Name": "URL", "Score": 0.99}]


def test_a_language_whose_names_nobody_knows_is_refused(comprehend: Any):
    refused = error_of(comprehend.detect_pii_entities, Text="Hola Ana", LanguageCode="es")

    assert refused["Code"] == "UnsupportedLanguageException"
