"""Voices that were heard before, known again: who is told once stays told.

Each phrase goes to the voice that it is like, or begins a new one. Nothing is put together anew
later, as `clusters` does where all is known at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LIKE = 0.7
"""From this similarity on, two groups are one voice: the same voice has 0.94 to 0.97 in whole
sentences, different ones 0.43 to 0.72 (measured on synthesised voices)."""
SURE_SECONDS = 1.5
"""Shorter spans say too little of a voice to begin a group: about as much as the model hears at
once."""
HARDLY_LIKE = 0.6
"""From this similarity on, a voice that only short phrases are known of is the one of a longer."""

Print = Sequence[float]


@dataclass(slots=True)
class _Voice:
    total: list[float]
    """The sum of its prints, by their seconds."""
    seconds: float
    is_sure: bool

    def likeness(self, voice_print: Print) -> float:
        """Return the mean similarity to all that is known of it."""
        pairs = zip(self.total, voice_print, strict=True)
        return sum(one * other for one, other in pairs) / self.seconds

    def add(self, voice_print: Print, seconds: float) -> None:
        """Learn from a phrase that says enough of a voice: all others count no more."""
        if not self.is_sure:
            self.total, self.seconds, self.is_sure = [0.0] * len(voice_print), 0.0, True
        self.total = [
            one + seconds * other for one, other in zip(self.total, voice_print, strict=True)
        ]
        self.seconds += seconds


class SpeakerMemory:
    """The voices of one stream."""

    def __init__(self, *, most: int) -> None:
        """Begin with none.

        Args:
            most: How many voices there are at most; more count as those whom they resemble.
        """
        self._most = most
        self._voices: list[_Voice] = []

    def who_speaks(self, prints: Sequence[Print], seconds: Sequence[float]) -> list[int]:
        """Return who speaks in each of some phrases: numbers from 0, which stay.

        Args:
            prints: Of the phrases, each of length 1, in order.
            seconds: How long each phrase is.
        """
        found: dict[int, int] = {}
        sure = [at for at, length in enumerate(seconds) if length >= SURE_SECONDS]
        for at in sure:
            found[at] = self._known(prints[at], seconds[at])
        if prints and not self._voices:
            longest = max(range(len(prints)), key=lambda at: seconds[at])
            self._begin(prints[longest], seconds[longest], is_sure=False)
        return [found[at] if at in found else self._likest(one)[1] for at, one in enumerate(prints)]

    def _known(self, voice_print: Print, seconds: float) -> int:
        """Return whose phrase it is, and remember it."""
        if self._voices:
            likeness, number = self._likest(voice_print)
            voice = self._voices[number]
            is_like = likeness >= (LIKE if voice.is_sure else HARDLY_LIKE)
            if is_like or len(self._voices) >= self._most:
                voice.add(voice_print, seconds)
                return number
        return self._begin(voice_print, seconds, is_sure=True)

    def _likest(self, voice_print: Print) -> tuple[float, int]:
        return max((voice.likeness(voice_print), at) for at, voice in enumerate(self._voices))

    def _begin(self, voice_print: Print, seconds: float, *, is_sure: bool) -> int:
        total = [seconds * one for one in voice_print]
        self._voices.append(_Voice(total, seconds, is_sure))
        return len(self._voices) - 1
