"""How words sound, without a voice."""

from collections.abc import Callable

import pytest

from outcrop.engines.text_to_speech.languages import Languages
from tests.speech_weights import speech_weights


@pytest.fixture(scope="module")
def sounds() -> Callable[[str, str], str]:
    languages = Languages(speech_weights().path("misaki-english-0.9.4").parent)

    def say(text: str, code: str) -> str:
        language = languages.find(code)
        words = [word for token in language.read(text) for word in token.words]
        return " ".join(language.sounds.say(words))

    return say


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the apple, the pear", "ði ˈæpᵊl ðə pˈɛɹ"),
        ("to read, have read", "tə ɹˈid hæv ɹˈɛd"),
        ("AWS", "ˌAdˌʌbᵊljuˈɛs"),
        ("visited", "vˈɪzɪTᵻd"),
        ("boto", "bˈOtO"),
    ],
)
def test_english_words_sound_as_their_neighbours_have_them(
    sounds: Callable[[str, str], str], text: str, expected: str
) -> None:
    assert sounds(text, "en-US") == expected


def test_the_british_say_tomato(sounds: Callable[[str, str], str]) -> None:
    assert sounds("tomato", "en-GB") == "təmˈɑːtQ"
    assert sounds("tomato", "en-US") == "təmˈATO"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("les amis", "lez amˈi"),
        ("les héros", "le eʁˈo"),
        ("six enfants, six jours", "sˈiz ɑ̃fˈɑ̃ sˈi ʒˈuʁ"),
        ("l'homme", "lˈɔm"),
        ("SNCF", "ɛsɛnseˈɛf"),
        ("26 enfants", "vɛ̃tsˈiz ɑ̃fˈɑ̃"),
        ("six à huit", "sˈis a ɥˈit"),
        ("quatre-vingt-dix-huit", "katʁəvɛ̃dizɥˈit"),
        ("est-ce que c'est", "ˈɛs kə sˈɛ"),
    ],
)
def test_french_words_are_bound_and_stressed(
    sounds: Callable[[str, str], str], text: str, expected: str
) -> None:
    assert sounds(text, "fr-FR") == expected


def test_other_languages_are_refused(sounds: Callable[[str, str], str]) -> None:
    with pytest.raises(Exception, match="de-DE is not spoken here"):
        sounds("Hallo", "de-DE")
