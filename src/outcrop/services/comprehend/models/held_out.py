"""Which documents of a training are held out to test with: the same ones every time.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_ClassifierMetadata.html
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

SHARE = 0.2
"""Of the documents of each label; AWS takes 10 to 20 per cent."""
MOST_DOCUMENTS = 10_000


def held_out(labels: Sequence[Sequence[str]]) -> AbstractSet[int]:
    """Return the numbers of the documents to test with, by the labels of each.

    Every label keeps its share, as far as a document has one; a document counts for the rarest of
    its labels. Of two documents and more, there is one at least.
    """
    counts = Counter(label for each in labels for label in each)
    groups: dict[str, list[int]] = {}
    for number, each in enumerate(labels):
        rarest = min(each, key=lambda label: (counts[label], label), default="")
        groups.setdefault(rarest, []).append(number)
    share = min(SHARE, MOST_DOCUMENTS / max(len(labels), 1))
    chosen: set[int] = set()
    for numbers in groups.values():
        numbers.sort(key=_shuffled)
        chosen.update(numbers[: round(share * len(numbers))])
    if not chosen and len(labels) > 1:
        chosen.add(min(range(len(labels)), key=_shuffled))
    return chosen


def _shuffled(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()
