"""What classifiers say of texts."""

from collections.abc import Sequence
from typing import Any

from outcrop.operations import Call
from outcrop.services.comprehend.models.custom_models import read_model
from outcrop.services.comprehend.models.labelled_documents import MULTI_LABEL
from outcrop.services.comprehend.models.text_vectors import vectors_of
from outcrop.storage.records.interface import Record


async def classes_of(call: Call, texts: Sequence[str], classifier: Record) -> list[dict[str, Any]]:
    """Return `Classes`, or `Labels` of a multi-label classifier, of each text, likeliest first.

    Raises:
        EngineError: See its subclasses.
    """
    if not texts:
        return []
    model = await read_model(call, classifier)
    vectors = await vectors_of(call, texts)
    found = await call.backends.engines.linear_classifiers.classify(model, vectors)
    has_labels = classifier.document["request"]["Mode"] == MULTI_LABEL
    member = "Labels" if has_labels else "Classes"
    return [{member: _ordered(scores)} for scores in found]


def _ordered(scores: dict[str, float]) -> list[dict[str, Any]]:
    order = sorted(scores, key=lambda label: (-scores[label], label))
    return [{"Name": label, "Score": scores[label]} for label in order]
