"""The task of flywheels that train classifiers."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcrop.operations import Call
from outcrop.services.comprehend import document_classifiers
from outcrop.services.comprehend.flywheel.lake import Entry
from outcrop.services.comprehend.flywheel.tasks import (
    MANIFEST,
    TEST,
    TRAIN,
    Datasets,
    NewVersion,
    Outcome,
    Plan,
    Trial,
    check_source,
)
from outcrop.services.comprehend.models.classifier_metrics import Evaluation
from outcrop.services.comprehend.models.classifier_training import (
    Examples,
    evaluate,
    fit,
    told_of,
)
from outcrop.services.comprehend.models.custom_models import LABELS, CustomModels, read_model
from outcrop.services.comprehend.models.labelled_documents import (
    MULTI_LABEL,
    LabelledDocuments,
    check_labels,
    in_manifest,
    in_tables,
)
from outcrop.services.comprehend.models.spool import Spool
from outcrop.storage.records.interface import Document

SOURCE = "DocumentClassifierInputDataConfig"
ATTRIBUTE = "labels"
"""Of documents in the data lake."""
METRICS = {
    "AverageF1Score": "F1Score",
    "AveragePrecision": "Precision",
    "AverageRecall": "Recall",
    "AverageAccuracy": "Accuracy",
}


@dataclass(frozen=True, slots=True)
class ClassificationTask:
    """Implements `Task`."""

    config: Mapping[str, Any]

    @classmethod
    def of_model(cls, model: Document) -> "ClassificationTask":
        """Return the task of a classifier."""
        request = model["request"]
        labels = {"Labels": model[LABELS]} if LABELS in model else {}
        return cls(
            {
                "LanguageCode": request["LanguageCode"],
                "DocumentClassificationConfig": {"Mode": request["Mode"], **labels},
            }
        )

    @property
    def models(self) -> CustomModels:
        """See `Task.models`."""
        return document_classifiers.MODELS

    @property
    def mode(self) -> str:
        """Whether documents have one label or several."""
        return str(self.config["DocumentClassificationConfig"]["Mode"])

    @property
    def labels(self) -> Sequence[str]:
        """All that count; empty: whatever there are."""
        labels: Sequence[str] = self.config["DocumentClassificationConfig"].get("Labels", [])
        return labels

    def check(self, config: Mapping[str, Any]) -> None:
        """See `Task.check`."""
        check_source(config, SOURCE)

    async def entries(self, call: Call, config: Mapping[str, Any]) -> AsyncIterator[Entry]:
        """See `Task.entries`."""
        how = {**config.get(SOURCE, {}), "Mode": self.mode}
        if config.get("DataFormat") == MANIFEST:
            sources = [in_manifest(call, each, how) for each in config["AugmentedManifests"]]
        else:
            sources = [in_tables(call, config[SOURCE]["S3Uri"], how)]
        for source in sources:
            async for text, labels in source:
                known = [each for each in labels if not self.labels or each in self.labels]
                if known:
                    yield {"source": text, f"{ATTRIBUTE}-metadata": self._metadata(known)}

    def _metadata(self, labels: Sequence[str]) -> Mapping[str, Any]:
        """Return labels as labelling jobs have them; see `in_manifest`."""
        if self.mode == MULTI_LABEL:
            return {"class-map": {str(at): label for at, label in enumerate(labels)}}
        return {"class-name": labels[0]}

    def datasets_of_tables(self, config: Mapping[str, Any]) -> Datasets:
        """See `Task.datasets_of_tables`."""
        how = {name: config[name] for name in ("LabelDelimiter",) if name in config}
        return [
            (split, {SOURCE: {"S3Uri": config[member], **how}})
            for split, member in ((TRAIN, "S3Uri"), (TEST, "TestS3Uri"))
            if member in config
        ]

    def request(self, manifests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """See `Task.request`."""
        named = [{**each, "AttributeNames": [ATTRIBUTE]} for each in manifests]
        return {
            "LanguageCode": self.config["LanguageCode"],
            "Mode": self.mode,
            "InputDataConfig": {"DataFormat": MANIFEST, "AugmentedManifests": named},
        }

    async def run(self, call: Call, plan: Plan) -> Outcome:
        """See `Task.run`."""
        learned, tested = await self._parts(call, plan)
        trained: NewVersion | None = None
        if plan.has_training:
            model, evaluation = await fit(call, self.mode, learned, tested)
            await plan.on_trained()
            trained = NewVersion(model, told_of(evaluation, learned), _trial(evaluation))
        if plan.evaluated is None:
            return Outcome(None, trained)
        before = await read_model(call, plan.evaluated)
        return Outcome(_trial(await evaluate(call, self.mode, before, tested)), trained)

    async def _parts(self, call: Call, plan: Plan) -> tuple[Examples, Examples]:
        """Return the examples to learn from, and those to test with."""
        tested = [await self._read(call, uri) for uri in plan.test]
        if not plan.has_training and tested:
            return Examples.together([]), Examples.together(tested)
        learned = [await self._read(call, uri) for uri in plan.train]
        if plan.has_training:
            check_labels([labels for each in learned for labels in each.labels], self.mode)
        if not tested:
            splits = [await asyncio.to_thread(each.split) for each in learned]
            learned, tested = [each[0] for each in splits], [each[1] for each in splits]
        return Examples.together(learned), Examples.together(tested)

    async def _read(self, call: Call, uri: str) -> Examples:
        with tempfile.TemporaryDirectory(prefix="outcrop-comprehend-") as folder:
            documents = LabelledDocuments(Spool(Path(folder) / "documents.jsonl"))
            manifest = {"S3Uri": uri, "AttributeNames": [ATTRIBUTE]}
            await documents.add(in_manifest(call, manifest, {"Mode": self.mode}))
            return await Examples.of(call, documents)


def _trial(evaluation: Evaluation) -> Trial:
    metrics = evaluation.metrics()
    return Trial(
        {member: metrics[name] for member, name in METRICS.items()},
        {
            "NumberOfTestDocuments": len(evaluation.actual),
            "EvaluationMetrics": metrics,
            "ConfusionMatrix": evaluation.confusion(),
        },
    )
