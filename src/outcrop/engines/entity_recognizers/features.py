"""What a text is made of: its words, and what can be seen of each and of those around it."""

import re
from collections.abc import Sequence
from itertools import pairwise

from outcrop.engines.entity_recognizers.interface import Span

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
"""Letters, digits, or one mark: kinds that a code such as `AB-12x` parts into."""
OUTSIDE = "O"
_BEGIN, _INSIDE = "B-", "I-"
_AROUND = (-2, -1, 1, 2)


def tokens_of(text: str) -> list[tuple[int, int]]:
    """Return begin and end of each word or mark."""
    return [match.span() for match in _TOKEN.finditer(text)]


def features_of(text: str, tokens: Sequence[tuple[int, int]]) -> list[list[str]]:
    """Return what is seen at each token."""
    words = [text[begin:end] for begin, end in tokens]
    own = [_own(word) for word in words]
    joined = [*(before[1] == after[0] for before, after in pairwise(tokens)), False]
    found: list[list[str]] = []
    for at, seen in enumerate(own):
        features = ["bias", *seen]
        for step in _AROUND:
            other = at + step
            if 0 <= other < len(words):
                features.append(f"{step}:w={words[other].lower()}")
                features.append(f"{step}:s={_shape(words[other])}")
            else:
                features.append(f"{step}:none")
        if at and joined[at - 1]:
            features.append("joined-before")
        if joined[at]:
            features.append("joined-after")
        found.append(features)
    return found


def _own(word: str) -> list[str]:
    low = word.lower()
    return [
        f"w={low}",
        f"s={_shape(word)}",
        f"p2={low[:2]}",
        f"p3={low[:3]}",
        f"e2={low[-2:]}",
        f"e3={low[-3:]}",
        f"n={min(len(word), 8)}",
    ]


def _shape(word: str) -> str:
    """Return what kind of letters a word has: `Xx` of `Paris`, `dddd` of `1987`."""
    if word.isdigit():
        return "d" * min(len(word), 6)
    if not word[0].isalpha():
        return word
    if word.isupper():
        return "X" if len(word) == 1 else "XX"
    return "Xx" if word[0].isupper() else "x"


def labels_of(tokens: Sequence[tuple[int, int]], spans: Sequence[Span]) -> list[str]:
    """Return the label of each token: whether an entity begins there or goes on."""
    labels = [OUTSIDE] * len(tokens)
    at = 0
    for span in sorted(spans):
        while at < len(tokens) and tokens[at][1] <= span.begin:
            at += 1
        prefix = _BEGIN
        while at < len(tokens) and tokens[at][0] < span.end:
            labels[at] = prefix + span.kind
            prefix = _INSIDE
            at += 1
    return labels


def runs_of(labels: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return first token, last token and kind of each entity that labels tell."""
    runs: list[tuple[int, int, str]] = []
    for at, label in enumerate(labels):
        if label == OUTSIDE:
            continue
        kind = label[len(_BEGIN) :]
        if label.startswith(_INSIDE) and runs and runs[-1][1:] == (at - 1, kind):
            runs[-1] = (runs[-1][0], at, kind)
        else:
            runs.append((at, at, kind))
    return runs
