"""How often the sentiment of a sentence is told right, and how long it takes.

    python -m benchmarks.accuracy.sentiment

200 sentences in English and 200 in French, hand-written and hand-labelled, 50 of each sentiment,
none of which the classifier was made of. They are short and clear, and were written by the same
hand as the sentences that it was made of: expect less of other texts.
"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

from outcrop.engines.embeddings.models import MULTILINGUAL_E5_SMALL
from outcrop.engines.embeddings.onnx import OnnxEmbedder, OnnxEmbedderSettings
from outcrop.engines.linear_classifiers.shipped import shipped_classifier
from outcrop.engines.sentiment.interface import SENTIMENTS
from outcrop.engines.sentiment.linear import judgement
from outcrop.settings import load
from outcrop.weights import WeightStore

TEXTS = Path(__file__).parent / "texts"
LABELS = tuple(name.upper() for name in SENTIMENTS)


def sentences(part: str, language: str) -> Iterator[tuple[str, int]]:
    """Give the sentences of a part, `train` or `test`, with the numbers of their labels."""
    label = 0
    text = (TEXTS / f"sentiment-{part}-{language}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line in LABELS:
            label = LABELS.index(line)
        else:
            yield line, label


def embedder() -> OnnxEmbedder:
    """Return the embedder whose vectors the classifier reads."""
    path = WeightStore(load().weights).path(MULTILINGUAL_E5_SMALL.name)
    return OnnxEmbedder(OnnxEmbedderSettings(path=path, model=MULTILINGUAL_E5_SMALL))


async def main() -> None:
    """Print the share of right answers by language and sentiment, and milliseconds a text."""
    model, classifier = embedder(), shipped_classifier("sentiment")
    await model.embed(["Warm up."], purpose="query")
    for language in ("en", "fr"):
        right = dict.fromkeys(LABELS, 0)
        asked = list(sentences("test", language))
        began = time.monotonic()
        for text, label in asked:
            [vector] = await model.embed([text], purpose="query")
            found = judgement(classifier.classify(vector.tolist())).sentiment.upper()
            right[LABELS[label]] += found == LABELS[label]
        milliseconds = (time.monotonic() - began) / len(asked) * 1000
        print(
            f"{language}: {sum(right.values()) / len(asked):.1%} of {len(asked)}, {right},"
            f" {milliseconds:.0f} ms a text"
        )
    await model.close()


if __name__ == "__main__":
    asyncio.run(main())
