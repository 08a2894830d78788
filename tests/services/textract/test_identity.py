"""AnalyzeID on cards that the tests draw."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.pages import Page, png
from tests.services.textract import papers
from tests.small_weights import small_weights


@pytest.fixture(autouse=True, scope="module")
def weights() -> None:
    small_weights()


def fields(client: Callable[..., Any], page: Page) -> dict[str, tuple[str, str | None]]:
    """Return the text of each field that a paper has, and its normalised value."""
    answer = client("textract").analyze_id(DocumentPages=[{"Bytes": png(page.image)}])
    (document,) = answer["IdentityDocuments"]
    return {
        field["Type"]["Text"]: (
            field["ValueDetection"]["Text"],
            field["ValueDetection"].get("NormalizedValue", {}).get("Value"),
        )
        for field in document["IdentityDocumentFields"]
        if field["ValueDetection"]["Text"]
    }


def test_a_drivers_licence(client: Callable[..., Any]):
    assert fields(client, papers.licence()) == {
        "DOCUMENT_NUMBER": ("D1234567", None),
        "EXPIRATION_DATE": ("08/31/2029", "2029-08-31T00:00:00"),
        "LAST_NAME": ("GARCIA", None),
        "FIRST_NAME": ("MARIA", None),
        "DATE_OF_BIRTH": ("03/18/1990", "1990-03-18T00:00:00"),
        "ID_TYPE": ("DRIVER LICENSE FRONT", None),
    }


def test_a_passport(client: Callable[..., Any]):
    found = fields(client, papers.passport())

    assert found.pop("MRZ_CODE")[0].startswith("P<UTOERIKSSON<<ANNA<MARIA")
    assert found == {
        "FIRST_NAME": ("ANNA", None),
        "MIDDLE_NAME": ("MARIA", None),
        "LAST_NAME": ("ERIKSSON", None),
        "DOCUMENT_NUMBER": ("L898902C3", None),
        "DATE_OF_BIRTH": ("740812", "1974-08-12T00:00:00"),
        "EXPIRATION_DATE": ("120415", "2012-04-15T00:00:00"),
        "PLACE_OF_BIRTH": ("ZENITH", None),
        "DATE_OF_ISSUE": ("2002-04-16", "2002-04-16T00:00:00"),
        "ID_TYPE": ("PASSPORT", None),
    }


def test_fields_that_a_paper_does_not_have_are_told_empty(client: Callable[..., Any]):
    """Programs look fields up by their types: `fields["MIDDLE_NAME"]`."""
    answer = client("textract").analyze_id(DocumentPages=[{"Bytes": png(papers.licence().image)}])

    told = answer["IdentityDocuments"][0]["IdentityDocumentFields"]
    types = [field["Type"]["Text"] for field in told]
    assert types[:4] == ["FIRST_NAME", "LAST_NAME", "MIDDLE_NAME", "SUFFIX"]
    assert len(types) == len(set(types)) == 21
    values = {field["Type"]["Text"]: field["ValueDetection"] for field in told}
    assert values["FIRST_NAME"]["Text"] == "MARIA"
    assert values["MIDDLE_NAME"]["Text"] == values["VETERAN"]["Text"] == ""
    assert 50 < values["MIDDLE_NAME"]["Confidence"] <= 100
