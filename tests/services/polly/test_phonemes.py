"""Transcriptions in IPA and X-SAMPA: every sign of AWS's tables is heard, others are refused.

Source: https://docs.aws.amazon.com/polly/latest/dg/ref-phoneme-tables-shell.html
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from botocore.exceptions import ClientError

from outcrop.engines.text_to_speech.sounds.alphabet import from_ipa
from outcrop.services.polly.transcriptions import SIGNS, ipa_of, unknown_signs
from tests.services.polly.sounds import samples

CONSONANTS = "b d f g j k l m n p s t v w z"
TABLES: Mapping[str, tuple[str, str]] = {
    "en-US": (
        f"{CONSONANTS} d͡ʒ ð h ŋ ɹ ʃ t͡ʃ Θ ʒ ə ɚ æ aɪ aʊ ɑ eɪ ɝ ɛ i: ɪ oʊ ɔ ɔɪ u ʊ ʌ",
        rf"{CONSONANTS} dZ D h N r\ S tS T Z @ @' {{ aI aU A eI 3' E i I oU O OI u U V",
    ),
    "en-GB": (
        f"{CONSONANTS} d͡ʒ ð h l̩ m̩ n̩ ŋ ɹ ʃ t͡ʃ Θ ʒ ə əʊ æ aɪ aʊ ɑː eɪ ɜː ɛ ɛə ɪ ɪə ɔː ɔɪ ɒ u: ʊ ʊə ʌ",
        rf"{CONSONANTS} dZ D h l= m= n= N r\ S tS T Z @ @U {{ aI aU A: eI 3: E E@ I I@ O: OI Q"
        " u: U U@ V",
    ),
    "fr-FR": (
        f"{CONSONANTS} ɥ ɲ ŋ ʀ ʃ ʒ ø œ œ̃ ə a ɑ̃ e ɛ ɛ̃ i o ɔ ɔ̃ u y",
        rf"{CONSONANTS} H J N R\ S Z 2 9 9~ @ a A~ e E E~ i o O O~ u y",
    ),
}
"""By language: signs in IPA, and the same in X-SAMPA."""


@pytest.mark.parametrize("language", TABLES)
def test_every_sign_of_awss_tables_has_its_sound_in_both_alphabets(language: str) -> None:
    ipa, x_sampa = TABLES[language]
    sounds = [from_ipa(sign, language) for sign in ipa.split()]

    others = [ipa_of(sign, "x-sampa") or "" for sign in x_sampa.split()]

    assert [from_ipa(sign, language).replace("ː", "") for sign in others] == [
        sound.replace("ː", "") for sound in sounds
    ]
    assert all(sounds)
    assert len(set(sounds)) == len(sounds)
    assert unknown_signs("".join([ipa, *others]), language) == ""


@pytest.mark.parametrize("language", TABLES)
def test_no_letter_that_is_taken_is_passed_over(language: str) -> None:
    letters = [sign for sign in SIGNS if sign.islower() and not sign.isspace()]

    assert [sign for sign in letters if not from_ipa(sign, language)] == []


def said(polly: Any, ph: str, *, voice: str, alphabet: str = "ipa") -> npt.NDArray[np.float64]:
    text = f"<speak><phoneme alphabet='{alphabet}' ph='{ph}'>x</phoneme></speak>"
    answer = polly.synthesize_speech(
        Text=text, TextType="ssml", VoiceId=voice, OutputFormat="pcm", SampleRate="16000"
    )
    return samples(answer)


def test_the_french_r_of_awss_table_is_heard(polly: Any) -> None:
    heard = said(polly, "ʀaʀ", voice="Lea")

    assert np.array_equal(heard, said(polly, "R\\aR\\", voice="Lea", alphabet="x-sampa"))
    assert not np.array_equal(heard, said(polly, "a", voice="Lea"))


@pytest.mark.parametrize(
    ("ph", "alphabet", "message"),
    [
        ("pɪ☃kæn", "ipa", "☃ is no ipa sign of en-US: ph=pɪ☃kæn"),
        ("SAY", "ipa", "S is no ipa sign of en-US: ph=SAY"),  # Capitals are X-SAMPA's
        ("pi!", "ipa", "! is no ipa sign of en-US: ph=pi!"),
        ("pIW", "x-sampa", "W is no x-sampa sign of en-US: ph=pIW"),
        ("ペカン", "x-sampa", "ペ is no x-sampa sign of en-US: ph=ペカン"),
        (" ", "ipa", "ph of <phoneme> is blank"),
    ],
)
def test_signs_that_no_voice_can_say_are_refused(
    polly: Any, ph: str, alphabet: str, message: str
) -> None:
    with pytest.raises(ClientError) as caught:
        said(polly, ph, voice="Joanna", alphabet=alphabet)

    assert caught.value.response["Error"] == {
        "Code": "InvalidSsmlException",
        "Message": f"Invalid SSML request: {message}",
    }


def test_a_lexicon_with_such_signs_is_refused_where_its_language_is_heard(polly: Any) -> None:
    def pls(language: str) -> str:
        return (
            f'<lexicon version="1.0" alphabet="ipa" xml:lang="{language}"'
            ' xmlns="http://www.w3.org/2005/01/pronunciation-lexicon">'
            "<lexeme><grapheme>a</grapheme><phoneme>ʏ</phoneme></lexeme></lexicon>"
        )

    with pytest.raises(ClientError) as caught:
        polly.put_lexicon(Name="american", Content=pls("en-US"))
    polly.put_lexicon(Name="german", Content=pls("de-DE"))

    assert caught.value.response["Error"] == {
        "Code": "InvalidLexiconException",
        "Message": "Invalid lexicon: ʏ is no sign of a transcription in en-US",
    }
    assert [one["Name"] for one in polly.list_lexicons()["Lexicons"]] == ["german"]
