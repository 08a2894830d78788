"""What transcribers promise, whatever is said about it in the services."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from outcrop.engines.speech_to_text.clusters import who_speaks
from outcrop.engines.speech_to_text.interface import Hearing, Recording, Samples, SoundFormat, Word
from outcrop.engines.speech_to_text.log_mel import log_mel
from outcrop.engines.speech_to_text.phrases import phrases_of
from outcrop.engines.speech_to_text.sound import levels, resampled
from outcrop.engines.speech_to_text.speaker_memory import SpeakerMemory
from outcrop.engines.speech_to_text.timing import keeping_to_speech
from outcrop.engines.speech_to_text.vocabulary import without_punctuation
from outcrop.engines.speech_to_text.voice_activity import padded, speech_times
from outcrop.engines.speech_to_text.voice_prints import samples_between
from outcrop.engines.speech_to_text.whisper import WhisperTranscriber
from outcrop.engines.speech_to_text.windows import windows
from outcrop.engines.workers.engine import EngineUnavailableError, RefusedInputError
from outcrop.weights import WeightsSettings, WeightStore
from tests.recordings import ENGLISH, FRENCH, TWO_CHANNELS, speech_weights

pytestmark = pytest.mark.anyio


@pytest.fixture
async def transcriber() -> AsyncIterator[WhisperTranscriber]:
    it = WhisperTranscriber(speech_weights())
    yield it
    await it.close()


def recording(path: Path, channel: int | None = None) -> Recording:
    return Recording(path=path, media_format=path.suffix[1:], channel=channel)


async def test_a_recording_is_inspected_heard_and_known_by_its_language(
    transcriber: WhisperTranscriber,
) -> None:
    french = recording(FRENCH)

    assert await transcriber.inspect(french) == SoundFormat(sample_rate_hz=48000, channels=1)
    assert next(iter(await transcriber.identify(french))) == "fr"
    (passage,) = [one async for one in transcriber.transcribe(french, Hearing(language="fr"))]
    words = passage.alternatives[0]
    assert [word.text for word in words][:3] == ["Bonjour", "et", "bienvenue"]
    assert all(0 < word.score <= 1 for word in words)
    speech = await transcriber.find_speech(french)
    assert speech.times[0][0] < words[0].end_seconds < words[-1].end_seconds < 6.1


async def test_what_cannot_be_heard_is_refused(
    transcriber: WhisperTranscriber, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"ID3" + bytes(100))

    with pytest.raises(RefusedInputError) as unreadable:
        await transcriber.inspect(recording(broken))
    with pytest.raises(RefusedInputError) as channel:
        await transcriber.find_speech(recording(TWO_CHANNELS, channel=2))
    silence = Samples(content=bytes(3200), sample_rate_hz=16000)
    with pytest.raises(RefusedInputError) as language:
        _ = [one async for one in transcriber.transcribe(silence, Hearing(language="xx"))]

    kinds = [caught.value.kind for caught in (unreadable, channel, language)]
    assert kinds == ["unreadable", "unreadable", "language"]


async def test_missing_weights_say_how_they_come(tmp_path: Path) -> None:
    transcriber = WhisperTranscriber(WeightStore(WeightsSettings(directory=tmp_path)))

    with pytest.raises(EngineUnavailableError, match="outcrop models pull whisper-base"):
        await transcriber.identify(recording(ENGLISH))


def test_features_are_loudness_by_bands_and_hundredths() -> None:
    tone = np.sin(np.arange(16000) * 2 * np.pi * 1000 / 16000).astype(np.float32)

    features = log_mel(tone, 80)

    assert features.shape == (80, 3000)
    assert features[:, 50].argmax() == features[:, 20].argmax()
    assert features[:, 50].max() > features[:, 150].max()


def test_sound_keeps_its_pitch_at_another_rate() -> None:
    tone = np.sin(np.arange(8000) * 2 * np.pi * 440 / 8000).astype(np.float32)

    twice = resampled(tone, 8000, 16000)

    expected = np.sin(np.arange(16000) * 2 * np.pi * 440 / 16000)
    assert np.abs(twice - expected)[100:-100].max() < 0.01


def test_short_pauses_are_speech_and_clicks_are_none() -> None:
    quiet, loud = [0.0] * 20, [0.9] * 20

    found = speech_times(np.array([*quiet, *loud, *([0.0] * 5), *loud, *quiet, 0.9, *quiet]))

    assert [(round(start, 3), round(end, 3)) for start, end in found] == [(0.64, 2.08)]
    assert padded([(1.0, 2.0), (2.1, 3.0)], 3.1) == [(0.8, 2.05), (2.05, 3.1)]


def test_long_speech_is_cut_where_it_is_most_like_silence() -> None:
    likely = np.full(1250, 0.9, np.float32)
    likely[700] = 0.6

    first, second = windows([(0.0, 40.0)], likely)

    assert first == (0.0, second[0])
    assert second[0] == pytest.approx(700.5 * 0.032)
    assert windows([(0.0, 5.0), (6.0, 9.0), (12.0, 13.0)], likely) == [(0.0, 9.0), (12.0, 13.0)]


def test_words_neither_begin_nor_end_in_a_pause() -> None:
    late = Word(text="late", start_seconds=1.5, end_seconds=4.0, score=1.0)

    (fitted,) = keeping_to_speech([late], [(0.0, 2.5), (3.9, 6.0)])

    assert (fitted.start_seconds, fitted.end_seconds) == (1.5, 2.5)


@pytest.mark.parametrize(
    ("written", "word"),
    [
        (" morning.", ("morning", ".")),
        (' "Really?"', ("Really", "?")),
        (" 12%,", ("12%", ",")),
        (" l'été", ("l'été", "")),
        (" ¿Qué", ("¿Qué", "")),
        (" and…", ("and", "...")),
        (" --", ("", "")),
    ],
)
def test_words_are_told_without_the_marks_around(written: str, word: tuple[str, str]) -> None:
    assert without_punctuation(written) == word


def test_voices_that_are_alike_are_one() -> None:
    one, other = np.array([1.0, 0.0, 0.2]), np.array([0.0, 1.0, 0.2])
    prints = np.stack([one, other, one, other, 0.6 * one + 0.5 * other]).astype(np.float32)
    prints /= np.linalg.norm(prints, axis=1, keepdims=True)

    assert who_speaks(prints, [2.0, 2.0, 3.0, 2.0, 0.5], most=5) == [0, 1, 0, 1, 0]
    assert who_speaks(prints, [2.0] * 5, most=1) == [0] * 5


ONE, OTHER, THIRD = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
BETWEEN = (0.8, 0.6, 0.0)


def test_who_was_told_once_is_known_again() -> None:
    memory = SpeakerMemory(most=5)

    assert memory.who_speaks([ONE, OTHER], [2.0, 2.0]) == [0, 1]
    assert memory.who_speaks([BETWEEN, OTHER, THIRD], [0.5, 0.5, 2.0]) == [0, 1, 2]
    assert memory.who_speaks([OTHER, ONE], [3.0, 3.0]) == [1, 0]


def test_there_are_no_more_speakers_than_may_be() -> None:
    memory = SpeakerMemory(most=2)

    assert memory.who_speaks([ONE, OTHER, (0.0, 0.1, 0.995)], [2.0, 2.0, 2.0]) == [0, 1, 1]


def test_a_short_answer_says_little_of_a_voice() -> None:
    memory = SpeakerMemory(most=5)

    assert memory.who_speaks([(0.65, 0.0, 0.76)], [0.5]) == [0]
    assert memory.who_speaks([ONE], [2.0]) == [0]
    assert memory.who_speaks([THIRD], [2.0]) == [1]
    assert memory.who_speaks([], []) == []


def test_a_word_at_the_very_end_has_a_voice_too() -> None:
    second = np.arange(16000, dtype=np.float32)

    assert samples_between(second, (0.5, 0.75)).tolist() == second[8000:12000].tolist()
    assert samples_between(second, (1.0, 1.2)).tolist() == second[-160:].tolist()


def test_phrases_end_with_sentences_and_pauses() -> None:
    times = [("Yes", 0.0, 0.4, "."), ("No", 0.5, 0.8, ","), ("thank", 0.9, 1.2, "")]
    words = [
        Word(text=text, start_seconds=start, end_seconds=end, score=1.0, mark=mark)
        for text, start, end, mark in [*times, ("you", 1.6, 1.8, ".")]
    ]

    assert phrases_of(words) == [range(1), range(1, 3), range(3, 4)]


def test_each_second_has_a_level_and_the_last_may_be_shorter():
    rate = 16000
    loud = np.sin(np.arange(rate) * 2 * np.pi * 440 / rate).astype(np.float32)
    parts = (loud, loud / 10, loud * 0)
    sound = np.concatenate(parts).astype(np.float32)

    assert levels(sound, 0.0, 2.5) == [-3.01, -23.01, -100.0]
    assert levels(sound, 1.0, 1.25) == [-23.01]
