"""Speech written down while it is spoken: what was said so far, and what will not change any more.

Speech is cut where somebody pauses; what is being said is heard again and again as it grows. A
word is settled when two hearings in a row agree on it and on all before it.

Source: "Turning Whisper into Real-Time Transcription System", https://arxiv.org/abs/2307.14743
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from outcrop.engines.speech_to_text.interface import (
    Hearing,
    Samples,
    SpeakerTeller,
    Transcriber,
    Word,
)
from outcrop.engines.speech_to_text.phrases import phrases_of
from outcrop.engines.speech_to_text.speaker_memory import SpeakerMemory

PAUSE_SECONDS = 0.7
"""So long a silence ends what was being said."""
STEP_SECONDS = 0.6
"""At least so much more is heard before it is written down anew."""
LONGEST_SECONDS = 24.0
"""What goes on for longer is ended at its last pause."""
KEPT_SILENCE_SECONDS = 0.5
"""Before speech: its first sound may be too quiet to be heard as speech."""
MOST_AHEAD_SECONDS = 60.0
"""Of sound that waits to be heard; whoever sends faster waits."""
SAMPLE_BYTES = 2
OVERLAP_SECONDS = 0.1
"""By so much a word may begin before the settled one ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """Something said between two pauses, as far as it is understood."""

    number: int
    """Counts what is said: what is told again and again has one number."""
    start_seconds: float
    end_seconds: float
    words: Sequence[Word]
    settled: int
    """How many of the first words will stay as they are."""
    is_final: bool
    language: str
    languages: Mapping[str, float]
    """How likely each language is, the likeliest first; empty: nobody asked which one it is."""
    speakers: Sequence[int] = ()
    """Who says each word, numbers from 0; empty: not told, as long as it is not final."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSettings:
    """How to listen to a stream."""

    hearing: Hearing
    """Of what is finally written down; what comes before is heard in haste."""
    sample_rate_hz: int
    channels: int = 1
    channel: int | None = None
    hearings_to_settle: int = 2
    """How many in a row must agree on a word."""
    keeps_settled: bool = True
    """Whether settled words stay in what is finally written down, too."""
    keeps_language: bool = False
    """Whether all is in the language of what is said first, where `hearing` names none."""
    most_speakers: int = 0
    """How many speakers are told apart at most; 0: nobody is."""


class LiveTranscription:
    """One stream of sound. Feed it, and read what is said from `sayings`, at the same time."""

    def __init__(
        self, transcriber: Transcriber, teller: SpeakerTeller, settings: LiveSettings
    ) -> None:
        """Begin to listen.

        Args:
            transcriber: Who hears.
            teller: Who tells speakers apart, where that is asked for.
            settings: How.
        """
        self._transcriber = transcriber
        self._teller = teller
        self._memory = SpeakerMemory(most=settings.most_speakers)
        self._settings = settings
        self._hearing = settings.hearing
        self._buffer = bytearray()
        self._begin_seconds = 0.0
        self._is_over = False
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._number = 0
        self._hearings: list[list[Word]] = []
        self._settled: list[Word] = []
        self._language = settings.hearing.language or ""
        self._languages: Mapping[str, float] = {}

    async def feed(self, samples: bytes) -> None:
        """Give more sound, int16 PCM; wait while too much of it has not been heard yet."""
        self._buffer += samples
        self._news.set()
        while self._length_seconds > MOST_AHEAD_SECONDS and not self._is_over:
            self._room.clear()
            await self._room.wait()

    def end(self) -> None:
        """Say that no more sound comes."""
        self._is_over = True
        self._news.set()
        self._room.set()

    async def sayings(self) -> AsyncIterator[Saying]:
        """Give what is said as it is understood; ends some time after the sound does.

        Raises:
            EngineError: As the transcriber raises it.
        """
        heard = 0.0
        while True:
            is_last = self._is_over
            end = self._begin_seconds + self._length_seconds
            if end - heard >= STEP_SECONDS or is_last:
                heard = end
                async for saying in self._listen(is_last):
                    yield saying
                if is_last:
                    return
                continue
            self._news.clear()
            if not self._is_over:
                await self._news.wait()

    @property
    def _frame_bytes(self) -> int:
        return SAMPLE_BYTES * self._settings.channels

    @property
    def _length_seconds(self) -> float:
        return len(self._buffer) / self._frame_bytes / self._settings.sample_rate_hz

    async def _listen(self, is_last: bool) -> AsyncGenerator[Saying, None]:
        """Give what is finished in the buffer, and at last what is not."""
        while self._buffer:
            sound = self._sound(self._length_seconds)
            found = await self._transcriber.find_speech(sound)
            duration = found.duration_seconds
            if not found.times:
                self._drop(duration - KEPT_SILENCE_SECONDS)
                return
            end = _end_of_first(found.times, duration, is_last=is_last)
            if end is None:
                async for saying in self._saying(duration, is_final=False):
                    yield saying
                return
            async for saying in self._saying(end, is_final=True):
                yield saying
            self._drop(end)

    async def _saying(self, end: float, *, is_final: bool) -> AsyncGenerator[Saying, None]:
        words = await self._hear(end, is_hasty=not is_final)
        if not is_final:
            self._settle(words)
        is_kept = self._settings.keeps_settled
        told = [*self._settled, *_after(self._settled, words)] if is_kept else words
        if told:
            yield Saying(
                number=self._number,
                start_seconds=told[0].start_seconds,
                end_seconds=told[-1].end_seconds,
                words=told,
                settled=len(told) if is_final else len(self._settled),
                is_final=is_final,
                language=self._language,
                languages=self._languages,
                speakers=await self._speakers(told, end) if is_final else (),
            )
        if is_final:
            if self._settings.keeps_language and words:
                self._hearing = replace(self._hearing, language=self._language)
            self._number += 1
            self._hearings.clear()
            self._settled.clear()

    async def _speakers(self, words: Sequence[Word], end: float) -> list[int]:
        """Return who says each word of what lies in the buffer up to an end."""
        if not self._settings.most_speakers:
            return []
        phrases = phrases_of(words)
        spans = [
            (
                max(0.0, words[phrase[0]].start_seconds - self._begin_seconds),
                words[phrase[-1]].end_seconds - self._begin_seconds,
            )
            for phrase in phrases
        ]
        # Settled words may lie behind a cut that was made later.
        sound = self._sound(max(end, spans[-1][1]))
        prints = await self._teller.voice_prints(sound, spans)
        found = self._memory.who_speaks(prints, [stop - start for start, stop in spans])
        return [who for phrase, who in zip(phrases, found, strict=True) for _ in phrase]

    async def _hear(self, end: float, *, is_hasty: bool) -> list[Word]:
        hearing = replace(self._hearing, is_hasty=is_hasty)
        words: list[Word] = []
        async for passage in self._transcriber.transcribe(self._sound(end), hearing):
            self._language = passage.language
            self._languages = passage.languages or self._languages
            words += [self._placed(word) for word in passage.alternatives[0]]
        return words

    def _placed(self, word: Word) -> Word:
        return replace(
            word,
            start_seconds=word.start_seconds + self._begin_seconds,
            end_seconds=word.end_seconds + self._begin_seconds,
        )

    def _settle(self, words: list[Word]) -> None:
        """Settle the words on which enough hearings agree, all but the last one."""
        self._hearings = [*self._hearings, words][-self._settings.hearings_to_settle :]
        if len(self._hearings) < self._settings.hearings_to_settle:
            return
        new = [_after(self._settled, heard) for heard in self._hearings]
        agreed = 0
        for at in range(min(map(len, new)) - 1):
            if len({heard[at].text.lower() for heard in new}) > 1:
                break
            agreed = at + 1
        self._settled += new[-1][:agreed]

    def _sound(self, end: float) -> Samples:
        return Samples(
            content=bytes(self._buffer[: self._place(end)]),
            sample_rate_hz=self._settings.sample_rate_hz,
            channels=self._settings.channels,
            channel=self._settings.channel,
        )

    def _place(self, seconds: float) -> int:
        return round(seconds * self._settings.sample_rate_hz) * self._frame_bytes

    def _drop(self, seconds: float) -> None:
        """Forget the beginning of the buffer."""
        place = min(max(0, self._place(seconds)), len(self._buffer))
        del self._buffer[:place]
        self._begin_seconds += place / self._frame_bytes / self._settings.sample_rate_hz
        self._room.set()


def _end_of_first(
    times: Sequence[tuple[float, float]], duration: float, *, is_last: bool
) -> float | None:
    """Return where the first thing that is said ends, in the pause behind it; `None`: not yet."""
    starts = [*(start for start, _ in times[1:]), duration]
    for (_, end), following in zip(times, starts, strict=True):
        if following - end >= PAUSE_SECONDS:
            return min(end + PAUSE_SECONDS / 2, following)
    if is_last:
        return duration
    if duration < LONGEST_SECONDS:
        return None
    # Nobody has paused for long: the longest short pause must do.
    pauses = [(start - end, (start + end) / 2) for (_, end), (start, _) in pairwise(times)]
    return max(pauses)[1] if pauses else duration


def _after(settled: Sequence[Word], words: Sequence[Word]) -> list[Word]:
    """Return the words that begin when the settled ones have ended."""
    if not settled:
        return list(words)
    end = settled[-1].end_seconds - OVERLAP_SECONDS
    return [word for word in words if word.start_seconds >= end]
