"""What all resources of SageMaker share: a name that is also their ARN's, tags, times.

A resource's document has its `name`, `created`, `modified` and `tags`; a `status` where its kind
has one; and what else its kind keeps.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from outcrop.aws.arn import Arn
from outcrop.aws.errors import ServiceError, ValidationError
from outcrop.operations import Call
from outcrop.operations.records import change
from outcrop.services.sagemaker import shapes
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    Scope,
    Write,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """An error and its words."""

    error: type[ServiceError]
    text: str
    """`{name}` and `{arn}` stand for those of the resource."""

    def of(self, name: str = "", arn: str = "") -> ServiceError:
        """Return the error for one resource."""
        return self.error(self.text.format(name=name, arn=arn))


NOT_FOUND = Fault(ValidationError, "Requested resource not found.")
TAKEN = Fault(ValidationError, "A resource of this name already exists: {arn}")


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """One kind of resource."""

    name: str
    """As ARNs have it: `training-job`."""
    missing: Fault = NOT_FOUND
    """For a resource that is not there."""
    taken: Fault = TAKEN
    """For a name that another resource has."""
    keeps_case: bool = False
    """Whether names stand in ARNs as they are; otherwise they do in lower case."""


TRAINING_JOB = ResourceKind(
    "training-job",
    taken=Fault(
        shapes.ResourceInUse,
        "Job name must be unique within an AWS account and region, and a job with this name"
        " already exists ({arn})",
    ),
)
PROCESSING_JOB = ResourceKind(
    "processing-job",
    missing=Fault(ValidationError, "Could not find requested job with name: {name}"),
    taken=TRAINING_JOB.taken,
)
TRANSFORM_JOB = ResourceKind(
    "transform-job", missing=PROCESSING_JOB.missing, taken=TRAINING_JOB.taken
)
TUNING_JOB = ResourceKind(
    "hyper-parameter-tuning-job",
    missing=Fault(
        shapes.ResourceNotFound, "Amazon SageMaker can't find a tuning job with name {name}."
    ),
    taken=TRAINING_JOB.taken,
)
AUTOML_JOB = ResourceKind(
    "automl-job",
    missing=Fault(shapes.ResourceNotFound, "Could not find AutoML job with name {name}."),
    taken=TRAINING_JOB.taken,
)
COMPILATION_JOB = ResourceKind(
    "compilation-job",
    missing=Fault(
        shapes.ResourceNotFound, "Could not find requested compilation job with name: {name}"
    ),
    taken=TRAINING_JOB.taken,
)
MODEL = ResourceKind(
    "model",
    missing=Fault(ValidationError, 'Could not find model "{arn}".'),
    taken=Fault(ValidationError, 'Cannot create already existing model "{arn}".'),
)
ENDPOINT_CONFIG = ResourceKind(
    "endpoint-config",
    missing=Fault(ValidationError, 'Could not find endpoint configuration "{arn}".'),
    taken=Fault(ValidationError, 'Cannot create already existing endpoint configuration "{arn}".'),
)
ENDPOINT = ResourceKind(
    "endpoint",
    missing=Fault(ValidationError, 'Could not find endpoint "{arn}".'),
    taken=Fault(ValidationError, 'Cannot create already existing endpoint "{arn}".'),
)
INFERENCE_RECOMMENDATIONS_JOB = ResourceKind(
    "inference-recommendations-job",
    missing=Fault(
        shapes.ResourceNotFound, "Could not find inference recommendations job with name {name}."
    ),
    taken=TRAINING_JOB.taken,
)
INFERENCE_COMPONENT = ResourceKind(
    "inference-component",
    missing=Fault(ValidationError, 'Could not find inference component "{arn}".'),
    taken=Fault(ValidationError, 'Cannot create already existing inference component "{arn}".'),
)


def _entity(kind: str, noun: str) -> ResourceKind:
    """Return a kind of what SageMaker tracks: experiments and their like."""
    return ResourceKind(
        kind,
        missing=Fault(shapes.ResourceNotFound, f"{noun} '{{name}}' does not exist."),
        taken=Fault(
            ValidationError,
            f"{noun} names must be unique within an AWS account and region."
            f" {noun} with name ({{name}}) already exists.",
        ),
    )


EXPERIMENT = _entity("experiment", "Experiment")
TRIAL = _entity("experiment-trial", "Trial")
TRIAL_COMPONENT = _entity("experiment-trial-component", "Trial component")
ACTION = _entity("action", "Action")
CONTEXT = _entity("context", "Context")
ARTIFACT = ResourceKind(
    "artifact",
    missing=Fault(shapes.ResourceNotFound, "Artifact '{name}' does not exist."),
    taken=Fault(ValidationError, "Artifact with this source already exists: {arn}"),
)
MODEL_PACKAGE_GROUP = ResourceKind(
    "model-package-group",
    missing=Fault(ValidationError, "ModelPackageGroup {arn} does not exist."),
    taken=Fault(ValidationError, "Model Package Group already exists: {arn}"),
)
MODEL_PACKAGE = ResourceKind(
    "model-package",
    missing=Fault(ValidationError, "ModelPackage {arn} does not exist."),
    taken=Fault(ValidationError, "ModelPackage already exists: {arn}"),
)
MODEL_CARD = ResourceKind(
    "model-card",
    missing=Fault(shapes.ResourceNotFound, "Model card '{name}' does not exist."),
    taken=Fault(shapes.ConflictException, "Model card with name {name} already exists: {arn}"),
)
HUB = ResourceKind(
    "hub",
    missing=Fault(shapes.ResourceNotFound, "Hub {name} does not exist."),
    taken=Fault(shapes.ResourceInUse, "Hub {name} already exists: {arn}"),
    keeps_case=True,
)
HUB_CONTENT = ResourceKind(
    "hub-content",
    missing=Fault(shapes.ResourceNotFound, "Hub content {name} does not exist."),
    taken=Fault(shapes.ResourceInUse, "Hub content already exists: {arn}"),
    keeps_case=True,
)
MLFLOW_TRACKING_SERVER = ResourceKind(
    "mlflow-tracking-server",
    missing=Fault(shapes.ResourceNotFound, "Tracking Server with ARN {arn} does not exist."),
    taken=Fault(ValidationError, "Tracking Server with ARN {arn} already exists."),
    keeps_case=True,
)
MLFLOW_APP = ResourceKind(
    "mlflow-app",
    missing=Fault(shapes.ResourceNotFound, "MLflow App with ARN {arn} does not exist."),
    taken=Fault(ValidationError, "MLflow App with ARN {arn} already exists."),
    keeps_case=True,
)
KINDS = {
    kind.name: kind
    for kind in (
        TRAINING_JOB,
        PROCESSING_JOB,
        TRANSFORM_JOB,
        TUNING_JOB,
        AUTOML_JOB,
        COMPILATION_JOB,
        MODEL,
        ENDPOINT_CONFIG,
        ENDPOINT,
        INFERENCE_COMPONENT,
        INFERENCE_RECOMMENDATIONS_JOB,
        EXPERIMENT,
        TRIAL,
        TRIAL_COMPONENT,
        ACTION,
        CONTEXT,
        ARTIFACT,
        MODEL_PACKAGE_GROUP,
        MODEL_PACKAGE,
        MODEL_CARD,
        HUB,
        HUB_CONTENT,
        MLFLOW_TRACKING_SERVER,
        MLFLOW_APP,
    )
}


def scope(call: Call, kind: ResourceKind) -> Scope:
    """Return where a kind of records of the caller's account and region is."""
    return Scope(call.account, call.region, "sagemaker", kind.name)


def arn_of(call: Call, kind: ResourceKind, name: str) -> str:
    """Return the ARN of a resource."""
    shown = name if kind.keeps_case else name.lower()
    return call.arn(f"{kind.name}/{shown}", service="sagemaker")


def moment(call: Call) -> datetime:
    """Return the present to the millisecond, as answers tell it: who filters by it expects that."""
    now = call.backends.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


async def add(
    call: Call,
    kind: ResourceKind,
    name: str,
    document: Document,
    *more: Write,
    indexes: Mapping[str, str] | None = None,
) -> Record:
    """Keep a new resource.

    Args:
        call: Whose it is.
        kind: What it is.
        name: Under which name.
        document: What it is made of; its name and times are added.
        more: Writes that happen with it or not at all, and are tried first.
        indexes: Its secondary keys.

    Raises:
        ServiceError: The name is taken.
    """
    now = moment(call)
    create = Create(
        scope=scope(call, kind),
        name=name,
        document={"created": now, "modified": now, "tags": {}, **document, "name": name},
        indexes={"arn_name": name.lower(), **(indexes or {})},
    )
    try:
        written = await call.backends.records.write(*more, create)
    except RecordExistsError as error:
        raise kind.taken.of(name, arn_of(call, kind, name)) from error
    return next(filter(None, reversed(written)))


async def find(call: Call, kind: ResourceKind, name: str) -> Record:
    """Return a resource by its name or its ARN.

    Raises:
        ServiceError: There is none.
    """
    if name.startswith("arn:"):
        found = await _with_arn(call, kind, name)
    else:
        found = await call.backends.records.find(scope(call, kind), name)
    if found is None:
        is_arn = name.startswith("arn:")
        arn = name if is_arn else arn_of(call, kind, name)
        raise kind.missing.of(name.partition("/")[2] if is_arn else name, arn)
    return found


async def find_by_arn(call: Call, arn: str) -> Record:
    """Return a resource of the caller's account and region by its ARN.

    Raises:
        ServiceError: There is none, or the ARN is no resource's.
    """
    try:
        kind = KINDS.get(Arn.parse(arn).resource.partition("/")[0])
    except ValueError as error:
        raise ValidationError(f"Invalid ARN: {arn}") from error
    found = await _with_arn(call, kind, arn) if kind else None
    if found is None:
        raise NOT_FOUND.of()
    return found


async def update(call: Call, record: Record, changed: Callable[[Document], Document]) -> Record:
    """Change a resource's document.

    Raises:
        ServiceError: It has gone.
    """
    try:
        return await change(call.backends.records, record.scope, record.name, changed)
    except RecordNotFoundError as error:
        raise _missing(call, record) from error


async def remove(call: Call, record: Record, *more: Write) -> None:
    """Delete a resource, and what goes with it.

    Raises:
        ServiceError: It has gone.
    """
    try:
        await call.backends.records.write(Delete(scope=record.scope, name=record.name), *more)
    except RecordNotFoundError as error:
        raise _missing(call, record) from error


def _missing(call: Call, record: Record) -> ServiceError:
    kind = KINDS[record.scope.kind]
    return kind.missing.of(record.name, arn_of(call, kind, record.name))


async def _with_arn(call: Call, kind: ResourceKind, arn: str) -> Record | None:
    name = arn.partition("/")[2].lower()
    found = await call.backends.records.list(scope(call, kind), index=("arn_name", name), limit=1)
    return found[0] if found and arn == arn_of(call, kind, found[0].name) else None
