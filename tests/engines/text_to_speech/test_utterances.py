"""How a script is cut into what the network says in one breath; no voice is needed."""

import pytest

from outcrop.engines.text_to_speech.interface import Passage, Pause, Script
from outcrop.engines.text_to_speech.languages import Languages
from outcrop.engines.text_to_speech.utterances import (
    LONGEST,
    SentenceStart,
    Spoken,
    Utterance,
    items_of,
    steps_of,
    symbols_of,
)
from tests.speech_weights import speech_weights


@pytest.fixture(scope="module")
def languages() -> Languages:
    return Languages(speech_weights().path("misaki-english-0.9.4").parent)


def passage(text: str, **manner: object) -> Passage:
    given = {"language": "en-US", "voice": "af_heart", **manner}
    return Passage(text=text, **given)  # pyright: ignore[reportArgumentType] - as the tests give it


def test_sentences_are_said_one_by_one(languages: Languages) -> None:
    text = "Is it? Yes, it is!"

    steps = list(steps_of(list(items_of(Script(parts=[passage(text)]), languages))))

    starts = [text[s.start : s.end] for s in steps if isinstance(s, SentenceStart)]
    said = [symbols_of(s)[0] for s in steps if isinstance(s, Utterance)]
    assert starts == ["Is it?", "Yes, it is!"]
    assert said == ["ɪz ɪt?", "jˈɛs, ɪt ɪz!"]


def test_a_pause_cuts_a_sentence_that_goes_on(languages: Languages) -> None:
    script = Script(parts=[passage("Wait "), Pause(seconds=1.0), passage("here.")])

    steps = list(steps_of(list(items_of(script, languages))))

    assert [type(step).__name__ for step in steps] == [
        "SentenceStart",
        "Utterance",
        "Pause",
        "Utterance",
    ]
    assert [step.is_open for step in steps if isinstance(step, Utterance)] == [True, False]


@pytest.mark.parametrize(
    "part",
    [
        passage("1234567890" * 30, reading="digits"),
        passage("word " * 400),
        passage("a", phonemes="a" * 2000),
    ],
)
def test_what_is_too_long_for_one_breath_is_said_whole(languages: Languages, part: Passage) -> None:
    items = list(items_of(Script(parts=[part]), languages))

    said = [symbols_of(s)[0] for s in steps_of(items) if isinstance(s, Utterance)]

    assert max(len(symbols) for symbols in said) <= LONGEST
    whole = "".join(item.symbols for item in items if isinstance(item, Spoken))
    assert "".join(said).replace(" ", "") == whole.replace(" ", "")
    words = [item for item in items if isinstance(item, Spoken) and not item.continues]
    assert len(words) == (400 if part.text.startswith("word") else 1)
