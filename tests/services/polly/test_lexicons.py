"""Lexicons: kept, told, heard and refused."""

from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError

from tests.services.polly.sounds import samples

OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?><lexicon version="1.0"'
    ' xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="{alphabet}"'
    ' xml:lang="{language}">'
)


def pls(*lexemes: str, language: str = "en-US", alphabet: str = "ipa") -> str:
    opening = OPENING.format(language=language, alphabet=alphabet)
    return opening + "".join(f"<lexeme>{each}</lexeme>" for each in lexemes) + "</lexicon>"


W3C = pls("<grapheme>W3C</grapheme><alias>web group</alias>")


def heard(polly: Any, text: str, **request: Any) -> Any:
    given = {"VoiceId": "Joanna", "OutputFormat": "pcm", **request}
    return samples(polly.synthesize_speech(Text=text, **given))


def test_a_lexicon_is_given_back_as_it_was_put(polly: Any) -> None:
    polly.put_lexicon(Name="w3c", Content=W3C)

    answer = polly.get_lexicon(Name="w3c")

    attributes = answer["LexiconAttributes"]
    assert answer["Lexicon"] == {"Name": "w3c", "Content": W3C}
    assert attributes.pop("LastModified").tzinfo is not None
    assert attributes.pop("LexiconArn").endswith(":lexicon/w3c")
    assert attributes == {
        "Alphabet": "ipa",
        "LanguageCode": "en-US",
        "LexemesCount": 1,
        "Size": len(W3C),
    }


def test_lexicons_are_listed_by_name_until_they_are_deleted(polly: Any) -> None:
    polly.put_lexicon(Name="b", Content=W3C)
    polly.put_lexicon(Name="a", Content=W3C)
    assert [each["Name"] for each in polly.list_lexicons()["Lexicons"]] == ["a", "b"]

    polly.delete_lexicon(Name="a")

    assert [each["Name"] for each in polly.list_lexicons()["Lexicons"]] == ["b"]
    with pytest.raises(ClientError) as caught:
        polly.get_lexicon(Name="a")
    assert caught.value.response["Error"]["Code"] == "LexiconNotFoundException"


def test_words_are_said_as_a_lexicon_says(polly: Any) -> None:
    polly.put_lexicon(Name="w3c", Content=W3C)

    said = heard(polly, "The W3C.", LexiconNames=["w3c"])

    assert np.array_equal(said, heard(polly, "The web group."))


def test_the_first_of_two_lexicons_is_said(polly: Any) -> None:
    sounds = pls("<grapheme>pecan</grapheme><phoneme>pɪˈkɑn</phoneme>")
    polly.put_lexicon(Name="sounds", Content=sounds)
    polly.put_lexicon(Name="alias", Content=pls("<grapheme>pecan</grapheme><alias>nut</alias>"))

    assert np.array_equal(
        heard(polly, "pecan", LexiconNames=["alias", "sounds"]), heard(polly, "nut")
    )
    assert not np.array_equal(
        heard(polly, "pecan", LexiconNames=["sounds", "alias"]), heard(polly, "nut")
    )


def test_a_lexicon_of_another_language_is_not_heard(polly: Any) -> None:
    polly.put_lexicon(
        Name="fr", Content=pls("<grapheme>nut</grapheme><alias>noix</alias>", language="fr-FR")
    )

    assert np.array_equal(heard(polly, "nut", LexiconNames=["fr"]), heard(polly, "nut"))


def test_unknown_lexicons_are_refused(polly: Any) -> None:
    with pytest.raises(ClientError) as caught:
        heard(polly, "nut", LexiconNames=["none"])

    response = caught.value.response
    assert response["Error"]["Code"] == "LexiconNotFoundException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<lexicon>", "InvalidLexiconException"),
        ("hello", "InvalidLexiconException"),
        (pls("<grapheme>a</grapheme>"), "InvalidLexiconException"),
        (
            f'<!DOCTYPE lexicon [<!ENTITY a "aaaa">]>{pls().partition("?>")[2]}',
            "InvalidLexiconException",
        ),
        (pls(language="xx-XX"), "UnsupportedPlsLanguageException"),
        (pls(alphabet="braille"), "UnsupportedPlsAlphabetException"),
        (
            pls(f"<grapheme>a</grapheme><alias>{'b' * 101}</alias>"),
            "MaxLexemeLengthExceededException",
        ),
        (W3C + " " * 40_000, "LexiconSizeExceededException"),
    ],
)
def test_what_is_no_lexicon_is_refused(polly: Any, content: str, code: str) -> None:
    with pytest.raises(ClientError) as caught:
        polly.put_lexicon(Name="bad", Content=content)

    assert caught.value.response["Error"]["Code"] == code


def test_lexicons_carry_tags(polly: Any) -> None:
    polly.put_lexicon(Name="w3c", Content=W3C, Tags={"team": "web", "stage": "test"})
    arn = polly.get_lexicon(Name="w3c")["LexiconAttributes"]["LexiconArn"]

    polly.tag_resource(ResourceArn=arn, Tags={"stage": "production"})
    polly.untag_resource(ResourceArn=arn, TagKeys=["team"])

    assert polly.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"stage": "production"}


def test_a_lexicon_that_is_put_again_keeps_its_tags_and_takes_no_others(polly: Any) -> None:
    polly.put_lexicon(Name="w3c", Content=W3C, Tags={"team": "web"})
    arn = polly.get_lexicon(Name="w3c")["LexiconAttributes"]["LexiconArn"]

    polly.put_lexicon(Name="w3c", Content=W3C)
    with pytest.raises(ClientError) as caught:
        polly.put_lexicon(Name="w3c", Content=W3C, Tags={"team": "other"})

    assert caught.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "The lexicon w3c exists already: its tags are changed by TagResource.",
    }
    assert polly.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "web"}
