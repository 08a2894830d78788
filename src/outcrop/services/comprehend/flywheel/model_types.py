"""The kinds of models that flywheels train, by AWS's names of them."""

from collections.abc import Mapping
from typing import Any, cast

from outcrop.services.comprehend import document_classifiers, entity_recognizers, shapes
from outcrop.services.comprehend.entity_recognizers import check_types
from outcrop.services.comprehend.flywheel.classification import ClassificationTask
from outcrop.services.comprehend.flywheel.recognition import RecognitionTask
from outcrop.services.comprehend.flywheel.tasks import Task
from outcrop.services.comprehend.models.custom_models import check_language
from outcrop.storage.records.interface import Document

CLASSIFIER = "DOCUMENT_CLASSIFIER"
RECOGNIZER = "ENTITY_RECOGNIZER"
MODELS = {CLASSIFIER: document_classifiers.MODELS, RECOGNIZER: entity_recognizers.MODELS}
CONFIGS = {CLASSIFIER: "DocumentClassificationConfig", RECOGNIZER: "EntityRecognitionConfig"}
"""What a `TaskConfig` must have."""


def task_of(flywheel: Document) -> Task:
    """Return the task of a flywheel, by its document."""
    if flywheel["model_type"] == CLASSIFIER:
        return ClassificationTask(flywheel["task"])
    return RecognitionTask(flywheel["task"])


def type_of(model_arn: str) -> str:
    """Return the type of a model."""
    return CLASSIFIER if ":document-classifier/" in model_arn else RECOGNIZER


def config_of(model_type: str, model: Document) -> Mapping[str, Any]:
    """Return the `TaskConfig` of a trained model, by its document."""
    if model_type == CLASSIFIER:
        return ClassificationTask.of_model(model).config
    return RecognitionTask.of_model(model).config


def check_task(model_type: str, config: Mapping[str, Any]) -> None:
    """Refuse a `TaskConfig` that does not fit the type of a new model.

    Raises:
        InvalidRequestException: See there.
        UnsupportedLanguageException: No models are trained in its language.
    """
    check_language(config["LanguageCode"])
    if {name for name in CONFIGS.values() if name in config} != {CONFIGS[model_type]}:
        raise shapes.InvalidRequestException(
            f"TaskConfig must have {CONFIGS[model_type]} alone if ModelType is {model_type}."
        )
    if model_type == RECOGNIZER:
        types = config[CONFIGS[RECOGNIZER]]["EntityTypes"]
        check_types([each["Type"] for each in types])


def check_same_task(flywheel: Document, arn: str, model: Document) -> None:
    """Refuse a model as the active version of a flywheel that is for something else.

    Args:
        flywheel: Its document.
        arn: Of the model.
        model: Its document.

    Raises:
        InvalidRequestException: The type or the language is another, or it tells apart what the
            flywheel does not.
    """
    model_type = type_of(arn)
    if model_type == flywheel["model_type"]:
        wanted, given = flywheel["task"], config_of(model_type, model)
        member = CONFIGS[model_type]
        same = all(
            _has(wanted[member][each], given[member][each])
            for each in wanted[member]
            if each in given[member]
        )
        if same and wanted["LanguageCode"] == given["LanguageCode"]:
            return
    raise shapes.InvalidRequestException(
        f"The model {arn} is not for the flywheel's task: type, language and mode must be the"
        " same, and the flywheel must have its labels or types of entities."
    )


def _has(wanted: Any, given: Any) -> bool:
    """Tell whether a task has what a model was trained in: labels of which some had no document.

    No labels at all: they are whatever there are.
    """
    if isinstance(wanted, list):
        return not wanted or all(each in wanted for each in cast("list[Any]", given))
    return wanted == given
