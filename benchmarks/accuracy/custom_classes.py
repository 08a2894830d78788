"""How well classifiers that users train tell classes apart, by the number of examples.

    python -m benchmarks.accuracy.custom_classes

The classes are the four sentiments of `benchmarks.accuracy.sentiment`, with its sentences to train
of and its 200 to test with in each language: harder than most classes by subject.
"""

import asyncio
from collections.abc import Sequence

import numpy as np

from benchmarks.accuracy.sentiment import LABELS, embedder, sentences
from outcrop.engines.linear_classifiers.logistic import train

COUNTS = (10, 20, 40, 60)
"""Examples of each class."""


async def main() -> None:
    """Print the share of right answers by language and number of examples."""
    model = embedder()

    async def vectors(texts: Sequence[str]) -> np.ndarray:
        return (await model.embed(texts, purpose="query")).astype(np.float64)

    for language in ("en", "fr"):
        tested = list(sentences("test", language))
        asked = await vectors([text for text, _ in tested])
        of_class = [
            [text for text, label in sentences("train", language) if label == number]
            for number in range(len(LABELS))
        ]
        known = [await vectors(texts) for texts in of_class]
        for count in COUNTS:
            some = [each[:count] for each in known]
            labels = [
                [name] for name, each in zip(LABELS, some, strict=True) for _ in range(len(each))
            ]
            classifier = train(np.concatenate(some), labels, exclusive=True)
            found = [
                max(shares, key=lambda name: shares[name]) for shares in classifier.classify(asked)
            ]
            right = sum(
                LABELS[label] == name for (_, label), name in zip(tested, found, strict=True)
            )
            print(f"{language}, {len(labels)} examples: {right / len(tested):.1%} of {len(tested)}")
    await model.close()


if __name__ == "__main__":
    asyncio.run(main())
