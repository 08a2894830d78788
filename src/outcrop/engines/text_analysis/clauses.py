"""The clauses of a parsed text.

English pipelines have ClearNLP's labels of dependencies, French ones those of Universal
Dependencies.

Source: https://github.com/clir/clearnlp-guidelines/blob/master/md/specifications/dependency_labels.md
Source: https://universaldependencies.org/u/dep/
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from spacy.tokens import Doc

NOUNS = frozenset(("NOUN", "PROPN"))
PREDICATES = frozenset(("VERB", "AUX"))
HEADS = frozenset(
    ("ROOT", "conj", "advcl", "ccomp", "relcl", "acl", "acl:relcl", "parataxis", "csubj")
)
"""Labels of words that may be the head of a clause."""
SUBJECTS = ("nsubj", "nsubjpass", "nsubj:pass")
LINKS = frozenset(("cc", "punct"))


class Clauses:
    """Parts a text into clauses; each is looked at once, however many ask."""

    def __init__(self, doc: Doc) -> None:
        self._is_head = [_is_head(token) for token in doc]
        self._tops: list[int] = [-1] * len(doc)
        self._firsts: list[int] = [-1] * len(doc)
        self._doc = doc
        self._words: dict[int, Mapping[Any, None]] = {}
        self._going_on: dict[int, Mapping[Any, None]] = {}

    def first_joined(self, head: Any) -> Any:
        """Return the first of things that are named together: "the food and the wine"."""
        return self._climbed(head, self._firsts, self._is_joined)

    def around(self, head: Any, *, goes_on: bool) -> Mapping[Any, None]:
        """Return the words of the clause around a word, as keys.

        Args:
            head: The word.
            goes_on: Whether those belong to it that are joined to it without a subject.
        """
        top = self._climbed(head, self._tops, self._is_inside)
        return self._with_joined(top) if goes_on else self._of(top)

    def _climbed(self, token: Any, known: list[int], climbs: Callable[[Any], bool]) -> Any:
        """Return the first word above one, or itself, from which there is no way further up."""
        path: list[int] = []
        at = int(token.i)
        while known[at] < 0 and climbs(token):
            path.append(at)
            token = token.head
            at = int(token.i)
        found = known[at] if known[at] >= 0 else at
        for each in (*path, at):
            known[each] = found
        return self._doc[found]

    def _is_joined(self, token: Any) -> bool:
        return token.dep_ == "conj" and token.head.pos_ in NOUNS and not self._is_head[int(token.i)]

    def _is_inside(self, token: Any) -> bool:
        return not self._is_head[int(token.i)]

    def _of(self, top: Any) -> Mapping[Any, None]:
        """Return the words of a clause without those of the clauses in it."""
        if top.i not in self._words:
            words: dict[Any, None] = {}
            rest = [top]
            while rest:
                token = rest.pop()
                words[token] = None
                rest += [child for child in token.children if not self._is_head[child.i]]
            self._words[top.i] = words
        return self._words[top.i]

    def _with_joined(self, top: Any) -> Mapping[Any, None]:
        if top.i not in self._going_on:
            words = dict(self._of(top))
            for child in top.children:
                if child.dep_ == "conj" and self._is_head[child.i] and not _has_subject(child):
                    words |= self._of(child)
            self._going_on[top.i] = words
        return self._going_on[top.i]


def _is_head(token: Any) -> bool:
    """Tell whether a word is the head of a clause."""
    return token.dep_ == "ROOT" or (
        token.dep_ in HEADS
        and (
            token.pos_ in PREDICATES
            or _has_subject(token)
            or any(child.dep_ == "cop" for child in token.children)
        )
    )


def _has_subject(token: Any) -> bool:
    return any(child.dep_ in SUBJECTS for child in token.children)


def text_of(words: Iterable[Any]) -> str:
    """Return words as they stand, without those at the ends that join them to others."""
    order = sorted(words, key=lambda word: word.i)
    while order and order[-1].dep_ in LINKS:
        order.pop()
    while order and order[0].dep_ in LINKS:
        order.pop(0)
    return "".join(word.text_with_ws for word in order).strip()
