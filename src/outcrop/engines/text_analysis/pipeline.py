"""A spaCy pipeline, and what its parts say of a text.

Source: https://spacy.io/api
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import spacy
from spacy.tokens import Doc
from thinc.api import (
    use_ops,  # pyright: ignore[reportUnknownVariableType]: its options have no types
)

from outcrop.engines.text_analysis.beams import beams_of
from outcrop.engines.text_analysis.copulas import is_copula
from outcrop.engines.text_analysis.rules import RULES, found_by_rules
from outcrop.engines.text_analysis.spans import (
    Found,
    Span,
    joined,
    without_overlaps,
    without_symbols,
)
from outcrop.engines.text_analysis.targets import targets
from outcrop.engines.text_analysis.whole_names import CURRENCIES, marked

LONGEST_TEXT = 2_000_000
"""In characters; spaCy's own bound is half of it."""
BEAM_WIDTH = 8
BEAM_DENSITY = 1e-4
TAGGERS = ("morphologizer", "tagger")
"""Of which a pipeline has one; it gives the probabilities of parts of speech."""
MARKS = frozenset(("PUNCT", "SPACE"))
NOUNS = frozenset(
    ("person", "location", "facility", "organization", "product", "event", "work", "date")
)
"""Mentions that are noun phrases, also where the parser sees none: "Hello Zhang Wei, …"."""

KINDS = {
    # OntoNotes, the English pipelines' classes
    "PERSON": "person",
    "NORP": "group",
    "FAC": "facility",
    "GPE": "location",
    "PRODUCT": "product",
    "EVENT": "event",
    "WORK_OF_ART": "work",
    "LAW": "law",
    "LANGUAGE": "language",
    "DATE": "date",
    "TIME": "date",
    "PERCENT": "quantity",
    "MONEY": "quantity",
    "QUANTITY": "quantity",
    "ORDINAL": "quantity",
    "CARDINAL": "quantity",
    # WikiNER, the French pipelines' classes
    "PER": "person",
    "LOC": "location",
    "ORG": "organization",
    "MISC": "other",
}
NEEDS = {
    "words": (*TAGGERS, "attribute_ruler"),
    "mentions": ("ner",),
    "phrases": (*TAGGERS, "attribute_ruler", "parser", "ner"),
    "sentences": ("parser",),
    "targets": (*TAGGERS, "attribute_ruler", "parser", "ner"),
}
"""The parts of a pipeline that find what is wanted; some need `VECTORS` first."""
VECTORS = "tok2vec"
"""Gives words the vectors that some parts share; others have their own."""


Scores: TypeAlias = npt.NDArray[np.float32]
"""Of the words of a text: (words,)."""
NO_SCORES: Scores = np.empty(0, np.float32)


class NotAPipelineError(Exception):
    """A folder holds no spaCy pipeline, or one for another version."""


class Pipeline:
    """One language's pipeline; for one thread at a time."""

    def __init__(self, folder: Path, *, language: str) -> None:
        """Load it.

        Raises:
            NotAPipelineError: It cannot be loaded.
        """
        try:
            # What thinc takes for products of matrices unless told otherwise, the wheels of BLIS,
            # is built for any processor: numpy's takes a third of the time on one of today.
            with use_ops("numpy", use_blis=False):
                self._nlp: Any = spacy.load(folder, exclude=["lemmatizer", "senter"])
        except (OSError, ValueError, KeyError) as error:
            raise NotAPipelineError(f"{folder} cannot be loaded: {error}") from error
        self._nlp.max_length = LONGEST_TEXT
        self._language = language
        self._rules = RULES.get(language, ())
        self._share_vectors = frozenset(
            self._nlp.get_pipe(VECTORS).listening_components
            if VECTORS in self._nlp.pipe_names
            else ()
        )
        self._tagger = next((name for name in TAGGERS if name in self._nlp.pipe_names), "")
        if self._tagger:
            softmax = self._nlp.get_pipe(self._tagger).model.get_ref("softmax")
            softmax.attrs["softmax_normalize"] = True

    def analyze(self, texts: Sequence[str], want: AbstractSet[str]) -> list[dict[str, Any]]:
        """Return what is wanted of each text, as `TextAnalysis` has it, in lists."""
        needed = {part for each in want for part in NEEDS[each]}
        if not needed.isdisjoint(self._share_vectors):
            needed.add(VECTORS)
        with self._nlp.memory_zone():  # What texts add to the vocabulary goes with them.
            docs: list[Doc] = [self._nlp.make_doc(text) for text in texts]
            for name, part in self._nlp.pipeline:
                if name in needed:
                    docs = list(part.pipe(docs))
            scores: list[Scores] = [NO_SCORES] * len(docs)
            if want & {"words", "phrases", "targets"}:
                scores = self._scores(docs)
            mentions: list[list[Found]] = [[]] * len(docs)
            if want & {"mentions", "phrases", "targets"}:
                mentions = self._mentions(docs)
            return [_told(*each, want) for each in zip(docs, scores, mentions, strict=True)]

    def _mentions(self, docs: Sequence[Doc]) -> list[list[Found]]:
        """Return the names in each text that models and rules find, in its order."""
        # `Doc.text` joins all words anew each time that it is asked for.
        return [
            marked(
                text,
                without_overlaps(
                    [
                        (begin, end, KINDS[entity.label_], score)
                        for entity, score in zip(doc.ents, agreement, strict=True)
                        if entity.label_ in KINDS
                        for begin, end in [
                            without_symbols(text, entity.start_char, entity.end_char)
                        ]
                        if begin < end
                    ],
                    found_by_rules(text, self._rules),
                ),
                language=self._language,
            )
            for doc, agreement in zip(docs, self._agreements(docs), strict=True)
            for text in [doc.text]
        ]

    def _agreements(self, docs: Sequence[Doc]) -> list[list[float]]:
        """Return for each name the share of the beam that has one of its kind at its place."""
        named = [doc for doc in docs if doc.ents]
        if not named:
            return [[] for _ in docs]
        recognizer = self._nlp.get_pipe("ner")
        beams = beams_of(recognizer, named, width=BEAM_WIDTH, density=BEAM_DENSITY)
        readings = iter(recognizer.scored_ents(beams))
        return [_agreement(doc, next(readings)) if doc.ents else [] for doc in docs]

    def _scores(self, docs: Sequence[Doc]) -> list[Scores]:
        """Return the tagger's probabilities of the tags that it chose in each text."""
        scores = self._nlp.get_pipe(self._tagger).model.predict(docs)
        return [each.max(axis=1) if len(each) else NO_SCORES for each in scores]


def _told(
    doc: Doc, scores: Scores, mentions: Sequence[Found], want: AbstractSet[str]
) -> dict[str, Any]:
    return {
        "words": list(_words(doc, scores)) if "words" in want else [],
        "mentions": mentions if "mentions" in want else [],
        "phrases": list(_phrases(doc, scores, mentions)) if "phrases" in want else [],
        "sentences": [(one.start_char, one.end_char) for one in doc.sents]
        if "sentences" in want
        else [],
        "targets": targets(doc, mentions, scores) if "targets" in want else [],
    }


def _agreement(doc: Doc, readings: Mapping[tuple[int, int, str], float]) -> list[float]:
    by_word: defaultdict[tuple[int, str], dict[tuple[int, int], float]] = defaultdict(dict)
    for (start, end, label), score in readings.items():
        for word in range(start, end):
            by_word[word, label][start, end] = score
    # A sum of shares, give or take a bit.
    return [min(1.0, sum(_met(entity, by_word).values())) for entity in doc.ents]


def _met(
    entity: Any, by_word: Mapping[tuple[int, str], dict[tuple[int, int], float]]
) -> dict[tuple[int, int], float]:
    """Return the readings of an entity's own kind that share a word with it, and their scores."""
    met: dict[tuple[int, int], float] = {}
    for word in range(entity.start, entity.end):
        met |= by_word.get((word, entity.label_), {})
    return met


def _words(doc: Doc, scores: Scores) -> Iterator[tuple[int, int, str, float]]:
    for token, score in zip(doc, scores, strict=True):
        if token.is_space:
            continue
        part = token.pos_
        if part == "AUX" and doc.lang_ == "en" and is_copula(doc, token.i):
            part = "VERB"
        yield token.idx, token.idx + len(token), part, float(score)


def _phrases(doc: Doc, scores: Scores, mentions: Sequence[Found]) -> Iterator[Span]:
    """Give names and noun phrases without pronouns, each with the whole of the names it meets."""
    text = doc.text
    places = [
        (begin, end)
        for begin, end, kind, _ in mentions
        if kind in NOUNS or (kind == "quantity" and text[begin] in CURRENCIES)
    ]
    places += [
        (first.idx, last.idx + len(last))
        for chunk in doc.noun_chunks
        if chunk.root.pos_ != "PRON"
        and (words := [token for token in chunk if token.pos_ not in MARKS])
        for first, last in [(words[0], words[-1])]
    ]
    starts = [token.idx for token in doc]
    for place in joined(places, [(begin, end) for begin, end, _, _ in mentions]):
        begin, end = without_symbols(text, *place)
        words = doc[bisect_left(starts, begin) : bisect_left(starts, end)]
        inside = [word.i for word in words if word.pos_ not in MARKS]
        if inside:
            yield begin, end, float(scores[inside].min())
