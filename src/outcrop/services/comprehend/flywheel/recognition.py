"""The task of flywheels that train recognizers."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.engines.entity_recognizers.interface import Annotated
from outcrop.operations import Call
from outcrop.services.comprehend import entity_recognizers, shapes
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
from outcrop.services.comprehend.models.annotations import (
    annotated_documents,
    bounded,
    documents_of_manifest,
)
from outcrop.services.comprehend.models.custom_models import METADATA, CustomModels, read_model
from outcrop.services.comprehend.models.recognizer_metrics import metadata
from outcrop.services.comprehend.models.recognizer_training import (
    check_documents,
    fit,
    found_in,
    split,
)
from outcrop.storage.records.interface import Document

SOURCE = "EntityRecognizerInputDataConfig"
ATTRIBUTE = "entities"
"""Of documents in the data lake."""
METRICS = {
    "AverageF1Score": "F1Score",
    "AveragePrecision": "Precision",
    "AverageRecall": "Recall",
}


@dataclass(frozen=True, slots=True)
class RecognitionTask:
    """Implements `Task`."""

    config: Mapping[str, Any]

    @classmethod
    def of_model(cls, model: Document) -> "RecognitionTask":
        """Return the task of a recognizer."""
        types = [{"Type": each["Type"]} for each in model[METADATA]["EntityTypes"]]
        return cls(
            {
                "LanguageCode": model["request"]["LanguageCode"],
                "EntityRecognitionConfig": {"EntityTypes": types},
            }
        )

    @property
    def models(self) -> CustomModels:
        """See `Task.models`."""
        return entity_recognizers.MODELS

    @property
    def kinds(self) -> Sequence[str]:
        """All types of entities that count."""
        return [each["Type"] for each in self.config["EntityRecognitionConfig"]["EntityTypes"]]

    def check(self, config: Mapping[str, Any]) -> None:
        """See `Task.check`."""
        check_source(config, SOURCE)
        source = config.get(SOURCE)
        if source is not None and ("Annotations" in source) == ("EntityList" in source):
            raise shapes.InvalidRequestException(
                "Exactly one of Annotations and EntityList is required."
            )

    async def entries(self, call: Call, config: Mapping[str, Any]) -> AsyncIterator[Entry]:
        """See `Task.entries`."""
        kinds = frozenset(self.kinds)
        if config.get("DataFormat") == MANIFEST:
            documents: list[Annotated] = []
            for each in config["AugmentedManifests"]:
                documents += await documents_of_manifest(call, each, kinds)
        else:
            documents = await annotated_documents(call, config[SOURCE], kinds)
        if any(each.spans for each in documents):  # Those without any tell something, too.
            for each in documents:
                yield _entry(each)

    def datasets_of_tables(self, config: Mapping[str, Any]) -> Datasets:
        """See `Task.datasets_of_tables`."""
        return [
            (purpose, {SOURCE: _source(config, member)})
            for purpose, member in ((TRAIN, "S3Uri"), (TEST, "TestS3Uri"))
            if member in config.get("Documents", {})
        ]

    def request(self, manifests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """See `Task.request`."""
        return {
            "LanguageCode": self.config["LanguageCode"],
            "InputDataConfig": {
                "DataFormat": MANIFEST,
                "EntityTypes": self.config["EntityRecognitionConfig"]["EntityTypes"],
                "AugmentedManifests": [
                    {**each, "AttributeNames": [ATTRIBUTE]} for each in manifests
                ],
            },
        }

    async def run(self, call: Call, plan: Plan) -> Outcome:
        """See `Task.run`."""
        learned, tested = await self._parts(call, plan)
        trained: NewVersion | None = None
        if plan.has_training:
            model, told = await fit(call, self.kinds, learned, tested)
            await plan.on_trained()
            trained = NewVersion(model, {METADATA: told}, _trial(told))
        if plan.evaluated is None:
            return Outcome(None, trained)
        before = await read_model(call, plan.evaluated)
        found = await found_in(call, before, tested)
        return Outcome(_trial(metadata(self.kinds, [], tested, found)), trained)

    async def _parts(
        self, call: Call, plan: Plan
    ) -> tuple[Sequence[Annotated], Sequence[Annotated]]:
        """Return the documents to learn from, and those to test with."""
        tested = await self._read(call, plan.test)
        if not plan.has_training and plan.test:
            return [], bounded(_flat(tested))
        learned = await self._read(call, plan.train)
        bounded(_flat([*learned, *tested]))
        if plan.has_training:
            check_documents(self.kinds, _flat(learned))
        if not plan.test:
            splits = [split(each) for each in learned]
            learned, tested = [each[0] for each in splits], [each[1] for each in splits]
        return _flat(learned), _flat(tested)

    async def _read(self, call: Call, uris: Sequence[str]) -> list[list[Annotated]]:
        manifests = [{"S3Uri": uri, "AttributeNames": [ATTRIBUTE]} for uri in uris]
        kinds = frozenset(self.kinds)
        return [await documents_of_manifest(call, each, kinds) for each in manifests]


def _flat(parts: Sequence[Sequence[Annotated]]) -> list[Annotated]:
    return [document for part in parts for document in part]


def _entry(document: Annotated) -> Entry:
    """Return a document as labelling jobs have it; see `documents_of_manifest`."""
    entities = [
        {"startOffset": span.begin, "endOffset": span.end, "label": span.kind}
        for span in document.spans
    ]
    return {"source": document.text, ATTRIBUTE: {"annotations": {"entities": entities}}}


def _source(config: Mapping[str, Any], member: str) -> dict[str, Any]:
    """Return the part of a recognizer's `InputDataConfig` that has its documents to test with."""
    source = {
        "Documents": {**config["Documents"], "S3Uri": config["Documents"][member]},
    }
    if "EntityList" in config:
        return {**source, "EntityList": config["EntityList"]}
    return {**source, "Annotations": {"S3Uri": config["Annotations"][member]}}


def _trial(told: Mapping[str, Any]) -> Trial:
    """Return a trial by `RecognizerMetadata`, whose scores are percentages."""
    overall = told["EvaluationMetrics"]
    types = [
        {name: each[name] for name in ("Type", "EvaluationMetrics")} for each in told["EntityTypes"]
    ]
    return Trial(
        {member: overall[name] / 100 for member, name in METRICS.items()},
        {
            "NumberOfTestDocuments": told["NumberOfTestDocuments"],
            "EvaluationMetrics": overall,
            "EntityTypes": types,
        },
    )
