"""Passages translated sentence by sentence, checked, asked for again, and at last in pieces.

passage ── sentences ── backend ── checks ── good: taken
                           ↑          └───── not: again, told what was lost
                           └ pieces ────────  still not: cut at what is lost, which is put back
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import regex

from outcrop.engines.translation import (
    calendar_words,
    example_words,
    figures,
    protected,
    register_words,
    sentences,
)
from outcrop.engines.translation.checks import Verdict, judge, lost_figures
from outcrop.engines.translation.interface import (
    Ask,
    Pair,
    Passage,
    SentenceTranslator,
    Translation,
    Wishes,
)
from outcrop.engines.translation.languages import WITHOUT_SPACES, base
from outcrop.engines.translation.terms import TermTable

DEEPEST = 2
"""Pieces of pieces have nothing left that could be lost."""
_LETTER = regex.compile(r"\p{L}")
_END = regex.compile(r"[.!?…。！？؟।:;]['\"”’»)\]]*$")
_CORE = regex.compile(r"^[\s,;:.)\]!?]*(.*?)\s*$", regex.DOTALL)
"""Pieces of sentences begin with what stood between them and the one before."""


@dataclass(slots=True)
class _Candidate:
    text: str
    verdict: Verdict


class CheckedTranslation:
    """Translates passages of one pair by one backend."""

    def __init__(self, backend: SentenceTranslator, pair: Pair, wishes: Wishes) -> None:
        """Prepare to translate.

        Args:
            backend: It covers the pair and can do what is wished for.
            pair: From which language into which.
            wishes: How.
        """
        self._backend = backend
        self._pair = pair
        self._wishes = wishes
        self._terms = TermTable(wishes.terms, pair.source)

    async def translate(self, passages: Sequence[Passage]) -> list[Translation]:
        """See `Translator.translate`."""
        texts = [text for passage in passages for text in _texts(passage)]
        done = iter(await self._texts(texts))
        return [self._told(passage, [next(done) for _ in _texts(passage)]) for passage in passages]

    def _told(self, passage: Passage, texts: Sequence[str]) -> Translation:
        runs = list(texts)
        if len(passage.runs) > 1 and len(texts) == 1:
            runs = protected.MARK.split(texts[0])
        register = self._wishes.register
        wrong = register and register_words.breaks(" ".join(runs), self._pair.target, register)
        whole = "\n".join(passage.runs)
        return Translation(
            runs=runs,
            terms=self._terms.met(whole),
            keeps_register=not wrong,
        )

    async def _texts(self, texts: Sequence[str]) -> list[str]:
        cut = [sentences.cut(text) for text in texts]
        translated = await self._sentences([piece for pieces in cut for piece in pieces])
        done = iter(translated)
        return [self._joined(pieces, [next(done) for _ in pieces]) for pieces in cut]

    def _joined(self, pieces: Sequence[str], translated: Sequence[str]) -> str:
        """Put sentences together, with spaces between them where the language has some."""
        source_has, target_has = (base(one) not in WITHOUT_SPACES for one in self._pair)
        joined: list[str] = []
        for at, (piece, text) in enumerate(zip(pieces, translated, strict=True)):
            if source_has and not target_has and at:
                joined.append(text.removeprefix(" "))
            elif target_has and not source_has and at and not pieces[at - 1][-1:].isspace():
                joined.append(text if piece[:1].isspace() else f" {text}")
            else:
                joined.append(text)
        return "".join(joined)

    async def _sentences(self, pieces: Sequence[str], depth: int = 0) -> list[str]:
        """Translate sentences, or pieces of some; white space around them stays."""
        cores = [_core(piece) for piece in pieces]
        asked = [core for core in dict.fromkeys(cores) if _has_words(core)]
        done = dict(zip(asked, await self._cores(asked, depth), strict=True))
        return [
            piece.replace(core, done[core], 1) if core in done else piece
            for piece, core in zip(pieces, cores, strict=True)
        ]

    async def _cores(self, cores: Sequence[str], depth: int) -> list[str]:
        asks = [self._ask(core) for core in cores]
        found = await self._attempted(asks)
        if self._wishes.is_brief:
            found = await self._shortened(asks, found)
        texts: list[str] = []
        for ask, candidate in zip(asks, found, strict=True):
            if candidate.verdict.is_hard and depth < DEEPEST:
                texts.append(await self._in_pieces(ask, candidate, depth))
            else:
                texts.append(candidate.text or ask.sentence)
        return texts

    def _ask(self, core: str) -> Ask:
        wishes = self._wishes
        return Ask(
            sentence=core,
            register=wishes.register,
            terms=self._terms.met(core),
            examples=example_words.likest(core, wishes.examples),
        )

    async def _attempted(self, asks: Sequence[Ask]) -> list[_Candidate]:
        """Ask as often as it is worth it, and return the best of what came."""
        best = [_Candidate("", Verdict(is_no_translation=True)) for _ in asks]
        left = list(range(len(asks)))
        for attempt in range(self._backend.attempts):
            again = [_again(asks[at], attempt, best[at].verdict) for at in left]
            answers = await self._backend.translate(again, self._pair) if again else []
            for at, answer in zip(left, answers, strict=True):
                candidate = self._judged(asks[at], answer)
                if not best[at].text or candidate.verdict.weight < best[at].verdict.weight:
                    best[at] = candidate
            # What may be no fault is worth one more try, not all of them.
            left = [
                at
                for at in left
                if best[at].verdict.is_hard or (attempt == 0 and not best[at].verdict.is_good)
            ]
        return best

    async def _shortened(
        self, asks: Sequence[Ask], found: Sequence[_Candidate]
    ) -> list[_Candidate]:
        brief = [replace(ask, is_brief=True) for ask in asks]
        answers = await self._backend.translate(brief, self._pair)
        shorter: list[_Candidate] = []
        for ask, answer, normal in zip(asks, answers, found, strict=True):
            candidate = self._judged(ask, answer)
            is_better = not candidate.verdict.is_hard and len(candidate.text) < len(normal.text)
            shorter.append(candidate if is_better else normal)
        return shorter

    def _judged(self, ask: Ask, answer: str) -> _Candidate:
        text = figures.mended(ask.sentence, answer.strip())
        text = calendar_words.in_figures(lost_figures(ask, text), text, self._pair)
        text = calendar_words.mended(ask.sentence, text, self._pair)
        text = self._punctuated(ask.sentence, text)
        return _Candidate(text, judge(ask, text, self._pair))

    def _punctuated(self, source: str, text: str) -> str:
        """End a translation, and begin one of a piece, as its source does."""
        if not text:
            return text
        if not _END.search(source):
            text = regex.sub(r"(?<![.])[.。]$", "", text)
        elif source[-1] == "." and not _END.search(text) and base(self._pair.target) != "th":
            text += "。" if base(self._pair.target) in WITHOUT_SPACES else "."
        if source[:1].isupper() and text[:1].islower():
            text = text[0].upper() + text[1:]
        is_piece = source[:1].islower() and text[:1].isupper() and text[1:2].islower()
        if is_piece and base(self._pair.target) != "de":
            text = text[0].lower() + text[1:]
        return text

    async def _in_pieces(self, ask: Ask, candidate: _Candidate, depth: int) -> str:
        """Translate what stands between that which would be lost, and put that back."""
        kept = self._kept(ask, candidate.verdict, everything=depth == DEEPEST - 1)
        if not kept:
            return candidate.text or ask.sentence
        listed = "|".join(regex.escape(one) for one in sorted(kept, key=len, reverse=True))
        pieces = regex.split(f"({listed})", ask.sentence)
        between = await self._sentences(pieces[::2], depth + 1)
        put_back = [kept[piece] for piece in pieces[1::2]]
        return "".join(one for both in zip(between, [*put_back, ""], strict=True) for one in both)

    def _kept(self, ask: Ask, verdict: Verdict, *, everything: bool) -> dict[str, str]:
        """Return what is put back, in the words of the source, with what stands there then."""
        source = ask.sentence
        same, words = list(verdict.lost), list(verdict.wrong_words)
        if everything:
            same += [*protected.protected(source), *figures.numbers(source)]
            words += [*ask.terms, *calendar_words.lost(source, "", self._pair)]
        elif verdict.is_no_translation or any(map(protected.MARK.fullmatch, verdict.lost)):
            same += protected.MARK.findall(source)
        return {**{one: one for one in same}, **{term.source: term.target for term in words}}


def _texts(passage: Passage) -> list[str]:
    """Return a passage as one text with its marks, or by runs if marks would be mistaken."""
    if any(protected.MARK.search(run) for run in passage.runs) and len(passage.runs) > 1:
        return list(passage.runs)
    marks = [*passage.marks, ""]
    return ["".join(run + mark for run, mark in zip(passage.runs, marks, strict=True))]


def _again(ask: Ask, attempt: int, verdict: Verdict) -> Ask:
    """Return a sentence to ask for once more, with what was lost of it."""
    words = [term for term in verdict.wrong_words if term not in ask.terms]
    return replace(ask, attempt=attempt, keep=verdict.lost, terms=[*ask.terms, *words])


def _core(piece: str) -> str:
    match = _CORE.match(piece)
    return match.group(1) if match else piece


def _has_words(core: str) -> bool:
    return bool(_LETTER.search(protected.without_protected(core)))
