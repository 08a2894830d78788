"""Custom terminologies: what was imported is told, applied and given back."""

from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

CSV = "en,fr,de\nsupport desk,guichet d'aide,Hilfetheke\nAmazon Family,Amazon Famille,\n,vide,\n"
TMX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="en" datatype="PlainText" segtype="sentence"/><body>
<tu><tuv xml:lang="en"><seg>support desk</seg></tuv>
<tuv xml:lang="FR"><seg>guichet &amp; aide</seg></tuv></tu>
</body></tmx>"""


def imported(translate: Any, file: str = CSV, form: str = "CSV", **data: Any) -> Any:
    return translate.import_terminology(
        Name="products",
        MergeStrategy="OVERWRITE",
        TerminologyData={"File": file.encode(), "Format": form, **data},
    )["TerminologyProperties"]


def refusal(translate: Any, file: str, form: str = "CSV") -> Any:
    with pytest.raises(ClientError) as caught:
        imported(translate, file, form)
    return caught.value.response["Error"]


def test_an_import_is_told(translate: Any):
    told = imported(translate)

    del told["CreatedAt"], told["LastUpdatedAt"]
    assert told.pop("Arn").endswith(":terminology/products/LATEST")
    assert told == {
        "Name": "products",
        "SourceLanguageCode": "en",
        "TargetLanguageCodes": ["fr", "de"],
        "SizeBytes": len(CSV),
        "TermCount": 3,
        "SkippedTermCount": 1,
        "Directionality": "UNI",
        "Format": "CSV",
    }


def test_terms_are_applied_and_told_in_the_order_of_the_text(translate: Any):
    imported(translate)

    answer = translate.translate_text(
        Text="Join Amazon Family today. Then call the support desk.",
        SourceLanguageCode="en",
        TargetLanguageCode="fr",
        TerminologyNames=["products"],
    )

    assert "Amazon Famille" in answer["TranslatedText"]
    assert "guichet d'aide" in answer["TranslatedText"].lower()
    assert answer["AppliedTerminologies"] == [
        {
            "Name": "products",
            "Terms": [
                {"SourceText": "Amazon Family", "TargetText": "Amazon Famille"},
                {"SourceText": "support desk", "TargetText": "guichet d'aide"},
            ],
        }
    ]


def test_other_capitals_are_another_word(translate: Any):
    imported(translate, "en,fr\nmail,MESSAGERIE\n")

    answer = translate.translate_text(
        Text="MAIL", SourceLanguageCode="en", TargetLanguageCode="fr", TerminologyNames=["products"]
    )

    assert answer["AppliedTerminologies"] == [{"Name": "products", "Terms": []}]


def test_many_directions_are_used_backwards(translate: Any):
    imported(translate, Directionality="MULTI")

    answer = translate.translate_text(
        Text="Appelez le guichet d'aide.",
        SourceLanguageCode="fr",
        TargetLanguageCode="en",
        TerminologyNames=["products"],
    )

    assert "support desk" in answer["TranslatedText"]


@pytest.mark.parametrize("form", ["CSV", "TSV", "TMX"])
def test_a_file_is_given_back_in_any_format(translate: Any, form: str):
    imported(translate, TMX, "TMX")

    got = translate.get_terminology(Name="products", TerminologyDataFormat=form)

    content = httpx.get(got["TerminologyDataLocation"]["Location"]).text
    expected = {
        "CSV": "en,fr\nsupport desk,guichet & aide\n",
        "TSV": "en\tfr\nsupport desk\tguichet & aide\n",
        "TMX": TMX,
    }
    assert got["TerminologyProperties"]["SourceLanguageCode"] == "en"
    assert content == expected[form]


def test_a_second_import_replaces_the_first(translate: Any):
    first = imported(translate)
    second = imported(translate, "en,fr\ncloud,nuage\n")

    listed = translate.list_terminologies()["TerminologyPropertiesList"]

    assert [one["TermCount"] for one in listed] == [1]
    assert listed[0]["CreatedAt"] == first["CreatedAt"]
    assert listed[0]["LastUpdatedAt"] == second["LastUpdatedAt"]


def test_a_deleted_terminology_is_gone(translate: Any):
    imported(translate)
    translate.delete_terminology(Name="products")

    with pytest.raises(ClientError) as caught:
        translate.get_terminology(Name="products")

    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
    assert translate.list_terminologies()["TerminologyPropertiesList"] == []


def test_terminologies_are_listed_by_pages(translate: Any):
    for name in ("one", "three", "two"):
        translate.import_terminology(
            Name=name,
            MergeStrategy="OVERWRITE",
            TerminologyData={"File": CSV.encode(), "Format": "CSV"},
        )

    pages = translate.get_paginator("list_terminologies").paginate(PaginationConfig={"PageSize": 2})

    names = [[one["Name"] for one in page["TerminologyPropertiesList"]] for page in pages]
    assert names == [["one", "three"], ["two"]]


PAIR = "The file needs a source language and a target language."
CODES = "The first line must hold language codes, the source language's first: {} is not supported."


@pytest.mark.parametrize(
    ("file", "form", "reason"),
    [
        pytest.param(" ", "CSV", "The file is blank.", id="a space"),
        pytest.param("\n\n", "TSV", "The file is blank.", id="blank lines"),
        pytest.param("\n", "TMX", "The file is blank.", id="no XML"),
        pytest.param("en,fr\n", "CSV", "The file has no entries.", id="no entries"),
        pytest.param("en\ndesk\n", "CSV", PAIR, id="one language"),
        pytest.param("desk,guichet\n", "CSV", CODES.format("'desk'"), id="no header"),
        pytest.param("en,\na,b\n", "CSV", CODES.format("''"), id="no second language"),
        pytest.param("en,xx\na,b\n", "CSV", CODES.format("'xx'"), id="no language"),
        pytest.param(
            "en,fr,FR\na,b,c\n",
            "CSV",
            "The language fr occurs twice in the first line.",
            id="a language twice",
        ),
        pytest.param(
            "en,fr\na,b,c\n",
            "CSV",
            "Line 2 has more columns than the first line.",
            id="a column too many",
        ),
        pytest.param("en,fr\na,b\n", "TSV", CODES.format("'en,fr'"), id="another format"),
        pytest.param("en\tfr\na\tb\n", "CSV", CODES.format("'en\\tfr'"), id="tabs"),
        pytest.param(
            "<tmx><body>",
            "TMX",
            "The file is not well-formed XML: no element found: line 1, column 11.",
            id="broken XML",
        ),
        pytest.param("<tmx><body><tu/></body></tmx>", "TMX", PAIR, id="an empty unit"),
        pytest.param(
            TMX.replace("FR", "xx"), "TMX", "The language code 'xx' is not supported.", id="no TMX"
        ),
        pytest.param(
            '<!DOCTYPE t [<!ENTITY a "b">]><tmx><body><tu/></body></tmx>',
            "TMX",
            "The file declares entities.",
            id="entities",
        ),
    ],
)
def test_unreadable_files_are_refused(translate: Any, file: str, form: str, reason: str):
    assert refusal(translate, file, form) == {
        "Code": "InvalidParameterValueException",
        # To here as AWS has it, of a CSV file.
        "Message": "The provided terminology is not formatted correctly. Check the contents of"
        f" your file to ensure that it follows the correct {form} format. {reason}",
    }


@pytest.mark.parametrize("first", ["=", "+", "@", "-"])
def test_cells_that_spreadsheets_take_for_formulas_are_refused_in_csv(translate: Any, first: str):
    table = f"en,fr\ndesk,guichet\nsum,{first}A1\n"

    assert refusal(translate, table) == {
        "Code": "InvalidParameterValueException",
        "Message": "Text at line: 3 contains a prohibited initial character in a CSV element,"
        " which can lead to CSV Injection. Any cell in a CSV file may not start with the"
        " characters [=+@-], due to the potential risk for CSV injection. Please remove these"
        " characters : [=+@-] from beginning of CSV cell text.",
    }
    assert imported(translate, table.replace(",", "\t"), "TSV")["TermCount"] == 2


def test_more_than_ten_target_languages_are_refused(translate: Any):
    header = "en,fr,de,es,it,pt,nl,sv,da,fi,pl,cs"

    assert refusal(translate, f"{header}\n{'a,' * 11}a\n")["Code"] == "LimitExceededException"
