"""From the parts of a script to what the network says in one breath."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from outcrop.engines.text_to_speech.interface import (
    Bookmark,
    Passage,
    Pause,
    Script,
)
from outcrop.engines.text_to_speech.kokoro_model import MOST_SYMBOLS
from outcrop.engines.text_to_speech.languages import Language, Languages
from outcrop.engines.text_to_speech.sayings import PHONEMES, tokens_of
from outcrop.engines.text_to_speech.sounds.alphabet import from_ipa
from outcrop.engines.text_to_speech.words.reading import Token

SENTENCE_ENDS = ".!?…"
LONGEST = MOST_SYMBOLS - 60
"""Symbols of an utterance, which is cut between words."""
LONGEST_PIECE = 200
"""Symbols of a word; a longer one is said in pieces."""


@dataclass(frozen=True, slots=True)
class Style:
    """What is one within an utterance."""

    voice: str
    rate: float
    pitch: float
    gain: float


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word, or a punctuation mark, with its sounds."""

    start: int
    end: int
    symbols: str
    stop: str
    style: Style
    continues: bool = False
    """Whether it is a later piece of a word that is too long for one breath."""

    @property
    def ends_sentence(self) -> bool:
        """Whether a sentence ends behind it."""
        return bool(self.stop) and self.stop in SENTENCE_ENDS


@dataclass(frozen=True, slots=True)
class Beep:
    """What stands for a word that must not be heard."""

    start: int
    end: int


Item: TypeAlias = Spoken | Beep | Pause | Bookmark


@dataclass(slots=True)
class Utterance:
    """What the network says in one breath."""

    style: Style
    spoken: list[Spoken] = field(default_factory=list[Spoken])
    bookmarks: list[tuple[int, Bookmark]] = field(default_factory=list[tuple[int, Bookmark]])
    """With the number of the word that each stands before."""
    is_open: bool = False
    """Whether the sentence goes on behind it."""

    @property
    def size(self) -> int:
        """How many symbols it has, at most."""
        return sum(len(item.symbols) + len(item.stop) + 1 for item in self.spoken)


@dataclass(frozen=True, slots=True)
class SentenceStart:
    """A sentence begins with what follows."""

    start: int
    end: int


Step: TypeAlias = Utterance | Beep | Pause | Bookmark | SentenceStart


def items_of(script: Script, languages: Languages) -> Iterator[Item]:
    """Give the words and pauses of a script; places count over the texts of all passages."""
    offset = 0
    for part in script.parts:
        if isinstance(part, Passage):
            yield from _of_passage(part, offset, script, languages)
            offset += len(part.text)
        else:
            yield part


def _of_passage(
    passage: Passage, offset: int, script: Script, languages: Languages
) -> Iterator[Item]:
    language = languages.find(passage.language)
    style = Style(passage.voice, passage.rate, passage.pitch, passage.gain)
    if passage.reading == "censored":
        yield Beep(offset, offset + len(passage.text))
        return
    if passage.phonemes:
        symbols = from_ipa(passage.phonemes, language.code)
        yield from _in_pieces(Spoken(offset, offset + len(passage.text), symbols, "", style))
        return
    lexicon = script.lexicon.get(passage.language, {})
    tokens = list(tokens_of(passage, language, lexicon))
    sounds = sounds_of(tokens, language, part_of_speech=passage.part_of_speech)
    for token, symbols in zip(tokens, sounds, strict=True):
        whole = Spoken(offset + token.start, offset + token.end, symbols, token.stop, style)
        yield from _in_pieces(whole)


def _in_pieces(whole: Spoken) -> Iterator[Spoken]:
    """Give a word, in pieces if what is said for it is long: a number of a hundred digits."""
    rest = whole.symbols
    continues = False
    while len(rest) > LONGEST_PIECE:
        end = rest.rfind(" ", 0, LONGEST_PIECE) + 1 or LONGEST_PIECE
        yield replace(whole, symbols=rest[:end].rstrip(), stop="", continues=continues)
        rest, continues = rest[end:], True
    yield replace(whole, symbols=rest, continues=continues)


def sounds_of(
    tokens: Sequence[Token], language: Language, *, part_of_speech: str = ""
) -> list[str]:
    """Return the sounds of each token, its words said as their neighbours have them."""
    words: list[str] = []
    owners: list[int] = []
    for place, token in enumerate(tokens):
        for word in token.words or ((",",) if token.stop else ()):
            words.append(word)
            owners.append(place)
    plain = ["," if word.startswith(PHONEMES) else word for word in words]
    sounds = language.sounds.say(plain, part_of_speech=part_of_speech)
    gathered: list[list[str]] = [[] for _ in tokens]
    for word, owner, said in zip(words, owners, sounds, strict=True):
        if word.startswith(PHONEMES):
            gathered[owner].append(from_ipa(word.removeprefix(PHONEMES), language.code))
        elif tokens[owner].words:
            gathered[owner].append(said)
    return [" ".join(each).replace(" ,", ",") for each in gathered]


def steps_of(items: Sequence[Item]) -> Iterator[Step]:
    """Give what is done one after the other."""
    for sentence in _sentences(items):
        said = [item for item in sentence if isinstance(item, Spoken | Beep)]
        if any(isinstance(item, Beep) or item.symbols for item in said):
            yield SentenceStart(said[0].start, said[-1].end)
        yield from _utterances(sentence)


def _sentences(items: Sequence[Item]) -> Iterator[list[Item]]:
    sentence: list[Item] = []
    for place, item in enumerate(items):
        sentence.append(item)
        ends = (isinstance(item, Spoken) and item.ends_sentence) or (
            isinstance(item, Pause) and item.ends_sentence
        )
        following = items[place + 1] if place + 1 < len(items) else None
        # Of "?!" the last mark ends it.
        if ends and not (
            isinstance(following, Spoken) and following.stop and not following.symbols
        ):
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _utterances(sentence: Sequence[Item]) -> Iterator[Step]:
    current: Utterance | None = None
    for place, item in enumerate(sentence):
        if isinstance(item, Bookmark) and current is not None:
            current.bookmarks.append((len(current.spoken), item))
            continue
        if not isinstance(item, Spoken):
            if current is not None:
                yield replace(current, is_open=_goes_on(sentence, place))
            current = None
            yield item
            continue
        if current is not None and not _fits(current, item):
            yield replace(current, is_open=True)
            current = None
        if current is None:
            current = Utterance(item.style)
        current.spoken.append(item)
    if current is not None:
        yield current


def _goes_on(sentence: Sequence[Item], place: int) -> bool:
    return any(isinstance(item, Spoken) and item.symbols for item in sentence[place:])


def _fits(utterance: Utterance, item: Spoken) -> bool:
    if not item.symbols:  # A mark stays with the word before it.
        return True
    size = utterance.size + len(item.symbols)
    if size > LONGEST:
        return False
    # A long sentence is cut at its pauses, where nobody hears it.
    after_pause = bool(utterance.spoken[-1].stop)
    return item.style == utterance.style and not (after_pause and size > LONGEST * 2 // 3)


def symbols_of(utterance: Utterance) -> tuple[str, list[int]]:
    """Return the symbols of an utterance, and of each which of its words it belongs to."""
    symbols: list[str] = []
    owners: list[int] = []
    for place, item in enumerate(utterance.spoken):
        space = " " if symbols and item.symbols else ""
        text = f"{space}{item.symbols}{item.stop}"
        symbols.append(text)
        owners += [place] * len(text)
    return "".join(symbols), owners
