"""What a text speaks of, and the words that tell how it speaks of it: by rules over a parse.

English pipelines have ClearNLP's labels of dependencies, French ones those of Universal
Dependencies.

Source: https://github.com/clir/clearnlp-guidelines/blob/master/md/specifications/dependency_labels.md
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc

from outcrop.engines.text_analysis.clauses import NOUNS, SUBJECTS, Clauses, text_of
from outcrop.engines.text_analysis.spans import Found
from outcrop.engines.text_analysis.word_lists import NONE, kind_of_noun, tells_a_feeling

COMPOUNDS = frozenset(("compound", "nn", "flat", "flat:name", "fixed"))
JOINED = frozenset(("conj", "cc", "appos", "parataxis", "punct"))
DETAILS = frozenset(("amod", "relcl", "acl", "acl:relcl"))
"""What hangs on a noun and may say how it is."""
OBJECTS = frozenset(("dobj", "obj", "ROOT", "attr", "conj", "appos", "oprd", "ccomp", "dep"))
REASONS = frozenset(("with", "about", "by", "par", "de", "du", "d'", "d\u2019", "des"))
"""Prepositions behind which stands what a feeling is about."""
FIRST_DETERMINERS = frozenset(("a", "an", "another", "un", "une", "des", "some"))


@dataclass(frozen=True, slots=True)
class _Thing:
    begin: int
    end: int
    kind: str
    score: float
    head: Any
    name: frozenset[str]
    """Its words, in small letters."""


def targets(
    doc: Doc, mentions: Sequence[Found], scores: npt.NDArray[np.float32]
) -> list[tuple[int, int, str, float, list[str], int]]:
    """Return things in the order of the text: begin, end, kind, score, evidence and entity."""
    things = sorted(_things(doc, mentions, scores), key=lambda thing: thing.begin)
    entities: list[int] = []
    for at, thing in enumerate(things):
        same = next((i for i in range(at - 1, -1, -1) if _are_same(things[i], thing)), None)
        entities.append(max(entities, default=-1) + 1 if same is None else entities[same])
    clauses = Clauses(doc)
    return [
        (each.begin, each.end, each.kind, each.score, list(_evidence(each.head, clauses)), entity)
        for each, entity in zip(things, entities, strict=True)
    ]


def _things(
    doc: Doc, mentions: Sequence[Found], scores: npt.NDArray[np.float32]
) -> Iterator[_Thing]:
    taken: set[int] = set()
    text = doc.text
    for begin, end, kind, score in mentions:
        span = doc.char_span(begin, end, alignment_mode="expand")
        if span is not None:
            taken.update(range(span.start, span.end))
            name = frozenset(text[begin:end].lower().split())
            yield _Thing(begin, end, kind, score, span.root, name)
    for token in doc:
        if token.i not in taken and _names(token):
            words = _words(token)
            if taken.isdisjoint(word.i for word in words):
                taken.update(word.i for word in words)
                begin, end = words[0].idx, words[-1].idx + len(words[-1])
                score = float(min(scores[word.i] for word in words))
                name = frozenset(word.lower_ for word in words)
                yield _Thing(begin, end, kind_of_noun(token.text), score, token, name)


def _names(token: Any) -> bool:
    """Tell whether a word names something that a text speaks of."""
    return (
        token.pos_ in NOUNS
        and token.dep_ not in COMPOUNDS
        and kind_of_noun(token.text) != NONE
        and any(character.isalpha() for character in token.text)
        and not _is_said_of_another(token)
    )


def _is_said_of_another(token: Any) -> bool:
    """Tell whether a noun says what something else is: "she was a wonderful guide"."""
    if token.dep_ == "attr":
        return not any(child.dep_ == "expl" for child in token.head.children)
    return any(child.dep_ == "cop" for child in token.children)


def _words(token: Any) -> list[Any]:
    """Return a noun with the nouns that make one name with it."""
    words = [token]
    words += [child for child in token.children if child.dep_ in COMPOUNDS]
    words += [
        child
        for child in token.children
        if child.dep_ == "nmod" and child.pos_ in NOUNS and child.i == token.i + 1
    ]
    for child in token.children:  # "salle de bain", not "la salle de Paul" nor "du restaurant"
        if child.dep_ == "nmod" and child.pos_ == "NOUN" and child.i == token.i + 2:
            between = token.nbor()
            if between.lower_ in {"de", "d'", "à"} and not any(
                each.dep_ == "det" for each in child.children
            ):
                words += [between, child]
    first, last = min(word.i for word in words), max(word.i for word in words)
    return list(token.doc[first : last + 1])


def _are_same(former: _Thing, latter: _Thing) -> bool:
    """Tell whether two things are one: they have one name, or one is a part of a person's."""
    if former.kind == latter.kind == "person":
        return former.name <= latter.name or latter.name <= former.name
    return former.name == latter.name and not any(
        child.lower_ in FIRST_DETERMINERS for child in latter.head.children
    )


def _evidence(head: Any, clauses: Clauses) -> Iterator[str]:
    """Give the parts of the text that tell how it speaks of a thing, the nearest first.

    None: it is named, and nothing is said of it.
    """
    own = [head]
    for child in head.children:
        if child.dep_ not in JOINED and child.dep_ not in {"case", "prep", "nmod"}:
            own += child.subtree
    has_details = any(child.dep_ in DETAILS for child in head.children)
    if has_details:
        yield text_of(own)
    first = clauses.first_joined(head)
    if _is_about(first):
        clause = clauses.around(head, goes_on=first.dep_ in SUBJECTS)
        if not has_details or len(clause) > len(own):
            missing = [word for word in own if word not in clause]
            yield text_of([*clause, *missing])


def _is_about(first: Any) -> bool:
    """Tell whether the clause of a thing speaks of it, rather than of what it does or has.

    Args:
        first: The first of the things that are named together.
    """
    if first.dep_ in SUBJECTS:
        return not tells_a_feeling(first.head.text)
    if first.dep_ in OBJECTS:
        return True
    if first.dep_ == "pobj":  # English: the preposition stands between
        return first.head.lower_ in REASONS and first.head.head.pos_ in {"ADJ", "VERB"}
    if first.dep_.startswith("obl"):
        cases = {child.lower_ for child in first.children if child.dep_ == "case"}
        return bool(cases & REASONS) and first.head.pos_ in {"ADJ", "VERB"}
    return False
